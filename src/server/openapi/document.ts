import { errorCodes } from '../../main/index.js'
import { operations } from '../../protocol/operations.js'
import { needsOf } from '../access/operation-needs.js'
import { isShared } from '../operations/run-operation.js'
import type { AnswerForm, Resource } from '../routes/resource.js'
import { resources } from '../routes/resources.js'
import { importPath } from './import-path.js'
import { ingestPath } from './ingest-path.js'
import { otherPaths } from './other-paths.js'
import { paramSchema, resultSchema, type JsonSchema } from './schemas.js'

const problem: JsonSchema = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    details: { type: 'object', additionalProperties: true },
    operation: { type: 'string' },
    requestId: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'details', 'requestId'],
}
const problemResponse = {
  description: 'What went wrong, by its code',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** All doors, as OpenAPI 3.1 has them (https://spec.openapis.org/oas/v3.1.1.html); made of the registry, so that it can not be behind it. */
export function openApiDocument(version: string): JsonSchema {
  const models = new Map<string, JsonSchema>([['Problem', problem]])
  const paths: Record<string, Record<string, unknown>> = {}
  for (const resource of resources) {
    const path = (paths[resource.path] ??= {})
    path[resource.method.toLowerCase()] = operationOf(resource, models)
  }
  for (const [path, parameter] of Object.entries(eventPaths)) paths[path] = { get: eventsOf(path, parameter) }
  const uploads = { '/v1/ingest': ingestPath(problemResponse), '/v1/import': importPath(problemResponse) }
  return {
    openapi: '3.1.1',
    info: { title: 'ConvoDB', version, license: { name: 'MIT', identifier: 'MIT' } },
    security: [{ key: [] }],
    paths: { ...paths, ...uploads, ...otherPaths(problemResponse) },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'From `convodb keys create`' } },
      schemas: Object.fromEntries([...models].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    },
  }
}

/** Streams of changes, which are no operations. */
const eventPaths = {
  '/v1/events': [{ name: 'channelId', in: 'query', schema: { type: 'string' } }],
  '/v1/channels/{channelId}/events': [
    { name: 'channelId', in: 'path', required: true, schema: { type: 'string' } },
  ],
}

const eventsOf = (path: string, parameters: readonly object[]): object => ({
  operationId: path === '/v1/events' ? 'get_events' : 'get_channelEvents',
  summary: 'Follow changes as Server-Sent Events',
  description: 'Needs a key of scope `read`. Each event has its cursor as its id and a change as its data.',
  tags: ['changes'],
  parameters: [
    ...parameters,
    { name: 'after', in: 'query', schema: { type: 'string' } },
    { name: 'maxQueuedEvents', in: 'query', schema: { type: 'integer', minimum: 1 } },
    { name: 'maxQueuedBytes', in: 'query', schema: { type: 'integer', minimum: 1 } },
    { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } },
  ],
  responses: {
    200: {
      description: 'Events without end',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    default: problemResponse,
  },
})

function operationOf(resource: Resource, models: Map<string, JsonSchema>): object {
  const { operation, path, method, summary, listOf } = resource
  const { properties, required } = operations[operation].params
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  const pathParams = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] === undefined ? { type: 'string', minLength: 1 } : paramSchema(properties[name]),
  }))
  const rest = Object.entries(properties).filter(([name]) => !inPath.includes(name) && name !== listOf?.field)
  const isQuery = method === 'GET' || method === 'DELETE'
  const query = rest.map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: paramSchema(schema),
  }))
  const needed = rest.map(([name]) => name).filter((name) => required.includes(name))
  const body = {
    required: needed.length > 0,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: Object.fromEntries(rest.map(([name, schema]) => [name, paramSchema(schema)])),
          ...(needed.length > 0 && { required: needed }),
          additionalProperties: false,
        },
      },
    },
  }
  return {
    operationId: `${method.toLowerCase()}_${operation}`,
    summary,
    description: `Needs a key of scope \`${needsOf(operation)}\`.`,
    tags: [path.split(/[/:]/)[2]],
    parameters: [...pathParams, ...(isQuery ? query : []), ...headersOf(resource)],
    ...(!isQuery && rest.length > 0 && { requestBody: body }),
    responses: { ...successOf(resource, models), default: problemResponse },
  }
}

/** What is heeded of a request's headers. */
function headersOf({ operation, answer }: Resource): readonly object[] {
  const schema = { type: 'string' }
  if (answer === 'found') return [{ name: 'If-None-Match', in: 'header', required: false, schema }]
  if (!isShared(operation)) return []
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { ...schema, minLength: 1, maxLength: 255 },
      description:
        'With it the request is done once within a day, and asked again gets the answer that it had.',
    },
  ]
}

const tagged = { headers: { ETag: { description: 'Of its content', schema: { type: 'string' } } } }
const unchanged = { 304: { description: 'It is what `If-None-Match` names', ...tagged } }

function successOf({ operation, answer, status = 200 }: Resource, models: Map<string, JsonSchema>): object {
  const found = answers[answer]
  const schema =
    found === undefined ? undefined : found(resultSchema(operations[operation].result.schema, models))
  if (schema === undefined) return { 204: { description: 'Done' } }
  const done = { description: 'Done', content: { 'application/json': { schema } } }
  return answer === 'found' ? { [status]: { ...done, ...tagged }, ...unchanged } : { [status]: done }
}

const answers: { readonly [Form in AnswerForm]: ((result: JsonSchema) => JsonSchema) | undefined } = {
  nothing: undefined,
  deleted: undefined,
  value: (result) => result,
  found: (result) => result,
  count: () => objectWith('count', { type: 'integer' }),
  items: (result) => objectWith('items', result),
}

const objectWith = (name: string, schema: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
})
