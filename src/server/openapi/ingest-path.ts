import { operations } from '../../protocol/operations.js'
import { encodings } from '../ingest/messages.js'
import { paramSchema, type JsonSchema } from './schemas.js'

const count: JsonSchema = { type: 'integer', minimum: 0 }
const counts = (...names: readonly string[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, count])),
  required: names,
})

const report: JsonSchema = {
  type: 'object',
  properties: {
    lines: count,
    accepted: counts('inserted', 'updated', 'ignored'),
    refused: count,
    durableLine: count,
  },
  required: ['lines', 'accepted', 'refused', 'durableLine'],
}
const error = (more: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties: {
    ...more,
    code: { type: 'string' },
    message: { type: 'string' },
    details: { type: 'object', additionalProperties: true },
  },
  required: [...Object.keys(more), 'code', 'message'],
})

/** A line of the answer has one of these. */
const answerLine: JsonSchema = {
  type: 'object',
  properties: {
    progress: counts('line', 'accepted', 'refused', 'durableLine'),
    refused: error({ line: count }),
    report,
    error: error({}),
  },
  minProperties: 1,
  maxProperties: 1,
}

/** `POST /v1/ingest`, which is no single operation's door; a schema is that of each line. */
export function ingestPath(problemResponse: object): object {
  const { properties, required } = operations.storeMessage.params
  const message: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, paramSchema(schema)]),
    ),
    required,
    additionalProperties: false,
  }
  const onConflict: JsonSchema = { type: 'string', enum: ['update', 'ignore', 'error'] }
  const query = (name: string, schema: JsonSchema, description: string): object => ({
    name,
    in: 'query',
    required: false,
    schema,
    description,
  })
  return {
    post: {
      operationId: 'post_ingest',
      summary: 'Store messages that come as lines of JSON, however many',
      description:
        'Needs a key of scope `ingest`. The answer comes while the lines do; its last line is `report` or `error`. A cut upload goes on ' +
        'with `startLine`, the last `durableLine` and one.',
      tags: ['ingest'],
      parameters: [
        query('onConflict', onConflict, 'For lines that do not say it themselves.'),
        query('startLine', { type: 'integer', minimum: 1, default: 1 }, 'Lines before it are passed over.'),
        {
          name: 'content-encoding',
          in: 'header',
          required: false,
          schema: { type: 'string', enum: [...encodings], default: 'identity' },
        },
      ],
      requestBody: { required: true, content: { 'application/x-ndjson': { schema: message } } },
      responses: {
        200: {
          description: 'Begun; its last line says how it ended',
          content: { 'application/x-ndjson': { schema: answerLine } },
        },
        default: problemResponse,
      },
    },
  }
}
