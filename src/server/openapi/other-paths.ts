import type { JsonSchema } from './schemas.js'

const text: JsonSchema = { type: 'string' }
const anything: JsonSchema = { type: 'object', additionalProperties: true }
const key: JsonSchema = { type: 'string', minLength: 1, maxLength: 255 }

const object = (properties: Readonly<Record<string, JsonSchema>>, ...required: string[]): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
})

const operation = object({ name: text, params: anything }, 'name')
const several: JsonSchema = { type: 'array', items: operation }
const error = object(
  { code: text, message: text, details: anything, operation: text, cause: text },
  'code',
  'message',
  'details',
)
const outcome: JsonSchema = {
  oneOf: [
    object({ ok: { const: true }, value: {} }, 'ok', 'value'),
    object({ ok: { const: false }, error }, 'ok', 'error'),
  ],
}

/** A line of the answer has one of these. */
const verifyLine: JsonSchema = {
  ...object({ progress: anything, report: anything, error }),
  minProperties: 1,
  maxProperties: 1,
}

interface Door {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tag: string
  /** Of the answer, and its schema. */
  readonly type: string
  readonly schema: JsonSchema
  readonly more?: object
}

/** Doors that are no single operation's; leases are for clients of ours, which bring their own words. */
export function otherPaths(problemResponse: object): Readonly<Record<string, object>> {
  const describe = ({ operationId, summary, description, tag, type, schema, more }: Door): object => ({
    operationId,
    summary,
    description,
    tags: [tag],
    ...more,
    responses: { 200: { description: 'Done', content: { [type]: { schema } } }, default: problemResponse },
  })
  const admin = 'Needs a key of scope `admin`.'
  const open = { security: [] }
  const health = object({ status: text }, 'status')
  return {
    '/v1/operations': {
      post: describe({
        operationId: 'post_operations',
        summary: 'Run up to 1,000 operations, each by itself; those of a `batch` are all or none',
        description:
          'Needs for each of them what its own door needs. `batch` and `each` need a key that may write.',
        tag: 'operations',
        type: 'application/json',
        schema: object({ outcomes: { type: 'array', items: outcome } }, 'outcomes'),
        more: {
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: false,
              schema: key,
              description: 'As `idempotencyKey` in the body: one of the two.',
            },
          ],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: object(
                  {
                    operations: {
                      type: 'array',
                      maxItems: 1_000,
                      items: {
                        anyOf: [
                          operation,
                          object({ batch: several, idempotencyKey: key }, 'batch'),
                          object({ each: several, idempotencyKey: key }, 'each'),
                        ],
                      },
                    },
                    idempotencyKey: key,
                  },
                  'operations',
                ),
              },
            },
          },
        },
      }),
    },
    '/v1/verify': {
      post: describe({
        operationId: 'post_verify',
        summary: 'Verify the whole database',
        description: `${admin} Lines of JSON; the last one is \`report\` or \`error\`.`,
        tag: 'maintenance',
        type: 'application/x-ndjson',
        schema: verifyLine,
        more: {
          requestBody: {
            required: false,
            content: {
              'application/json': {
                schema: object({ maxProblems: { type: 'integer', minimum: 1, maximum: 10_000 } }),
              },
            },
          },
        },
      }),
    },
    '/v1/stats': {
      get: describe({
        operationId: 'get_stats',
        summary: 'Tell of queues, threads and the file',
        description: admin,
        tag: 'maintenance',
        type: 'application/json',
        schema: anything,
      }),
    },
    '/v1/backup': {
      get: describe({
        operationId: 'get_backup',
        summary: 'Make a backup, verify it, and send it',
        description: admin,
        tag: 'maintenance',
        type: 'application/vnd.sqlite3',
        schema: { type: 'string', format: 'binary' },
      }),
    },
    '/metrics': {
      get: describe({
        operationId: 'get_metrics',
        summary: 'Measure the server, in the form of Prometheus',
        description: 'Needs a key of scope `read`.',
        tag: 'health',
        type: 'text/plain',
        schema: text,
      }),
    },
    '/healthz': {
      get: describe({
        operationId: 'get_healthz',
        summary: 'Whether the process is there',
        description: 'Needs no key.',
        tag: 'health',
        type: 'application/json',
        schema: health,
        more: open,
      }),
    },
    '/readyz': {
      get: describe({
        operationId: 'get_readyz',
        summary: 'Whether the database answers',
        description: 'Needs no key.',
        tag: 'health',
        type: 'application/json',
        schema: health,
        more: open,
      }),
    },
  }
}
