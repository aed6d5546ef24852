import { formatNames } from '../../importers/formats/format.js'
import { noCounts } from '../../importers/import-counts.js'
import type { JsonSchema } from './schemas.js'

const count: JsonSchema = { type: 'integer', minimum: 0 }
const text: JsonSchema = { type: 'string' }
const occurrences: JsonSchema = { type: 'object', additionalProperties: count }
const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

const countProperties = Object.fromEntries(Object.keys(noCounts()).map((name) => [name, count]))
const file = object({
  name: text,
  format: text,
  counts: object(countProperties),
  skipped: occurrences,
  leftOut: occurrences,
})

/** A line of the answer has one of these. */
const answerLine: JsonSchema = {
  type: 'object',
  properties: {
    progress: object(countProperties),
    refused: object({ file: text, at: { type: ['string', 'integer'] }, message: text }),
    problem: text,
    report: object({
      ...countProperties,
      files: { type: 'array', items: file },
      unknownFiles: { type: 'array', items: text },
    }),
    error: object({ code: text, message: text }),
  },
  minProperties: 1,
  maxProperties: 1,
}

const query = (name: string, schema: JsonSchema, description: string): object => ({
  name,
  in: 'query',
  required: false,
  schema,
  description,
})

/** `POST /v1/import`, which is no single operation's door. */
export const importPath = (problemResponse: object): object => ({
  post: {
    operationId: 'post_import',
    summary: 'Import a chat archive of another program, NDJSON or an export',
    description:
      'Needs a key of scope `admin`. The body is the file itself. The answer begins when the body has come; its last line is `report` or `error`. ' +
      'The same import may be sent again: what is there already is updated.',
    tags: ['import'],
    parameters: [
      query('name', text, "The file's name, which says the channel in some formats."),
      query('format', { type: 'string', enum: [...formatNames] }, 'Default: found out from the file.'),
      query('dryRun', { type: 'boolean', default: false }, 'Read and check everything, and store nothing.'),
      query('strict', { type: 'boolean', default: false }, 'Stop at the first bad item or damaged file.'),
    ],
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    responses: {
      200: {
        description: 'Begun; its last line says how it ended',
        content: { 'application/x-ndjson': { schema: answerLine } },
      },
      default: problemResponse,
    },
  },
})
