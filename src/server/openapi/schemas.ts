import type { Kind } from '../../protocol/fields.js'
import { maxIdLength, maxNameLength, maxTextLength } from '../../protocol/limits.js'
import {
  isList,
  isObject,
  isUnion,
  kindOf,
  typeOf,
  wordsOf,
  type ObjectSchema,
  type Schema,
  type UnionSchema,
} from '../../protocol/schema.js'

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type JsonSchema = { readonly [keyword: string]: unknown }

const time: JsonSchema = { type: 'string', format: 'date-time' }
const base64: JsonSchema = {
  type: 'string',
  contentEncoding: 'base64',
  description: 'Little-endian float32 values',
}
const json: JsonSchema = { type: 'object', additionalProperties: true }
const text = (maxLength: number, minLength = 0): JsonSchema => ({ type: 'string', minLength, maxLength })

/** What each kind of parameter takes. */
const taken: { readonly [K in Kind]: JsonSchema } = {
  id: text(maxIdLength, 1),
  cursor: { ...text(maxIdLength, 1), description: 'As it was given out' },
  hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  name: text(maxNameLength),
  displayName: text(maxNameLength),
  text: text(maxTextLength),
  time: { oneOf: [time, { type: 'integer', description: 'Milliseconds since 1970' }] },
  vector: { oneOf: [base64, { type: 'array', items: { type: 'number' } }] },
  json,
  score: { type: 'number' },
}
/** And what comes out, in JSON. */
const given: { readonly [kind: string]: JsonSchema } = { time, vector: base64, json }

export const paramSchema = (schema: Schema): JsonSchema => toJsonSchema(schema, taken, undefined)

/** Models by their names in `models`, where each is put that is met. */
export const resultSchema = (schema: Schema, models: Map<string, JsonSchema>): JsonSchema =>
  toJsonSchema(schema, given, models)

function toJsonSchema(
  schema: Schema,
  kinds: { readonly [kind: string]: JsonSchema },
  models: Map<string, JsonSchema> | undefined,
): JsonSchema {
  const convert = (inner: Schema): JsonSchema => toJsonSchema(inner, kinds, models)
  const kind = kindOf(schema)
  if (kind !== undefined) return kinds[kind] ?? { type: 'string' }
  if (isUnion(schema)) return unionOf(schema, convert)
  if (isList(schema)) return { type: 'array', items: convert(schema.items), ...bounds(schema) }
  if (isObject(schema)) return objectOf(schema, convert, models)
  const type = typeOf(schema)
  if (type === undefined || type === 'undefined')
    throw new TypeError(`OpenAPI has no schema for ${JSON.stringify(schema)}`)
  return { type, ...bounds(schema) }
}

const bounds = (schema: Schema): JsonSchema =>
  Object.fromEntries(
    ['minimum', 'maximum', 'maxItems'].flatMap((keyword) => {
      const value: unknown = Reflect.get(schema, keyword)
      return typeof value === 'number' ? [[keyword, value]] : []
    }),
  )

function unionOf(union: UnionSchema, convert: (schema: Schema) => JsonSchema): JsonSchema {
  const words = wordsOf(union)
  if (words !== undefined) return { type: 'string', enum: words }
  const some = union.anyOf.filter((schema) => typeOf(schema) !== 'undefined').map(convert)
  return some.length === 1 ? { ...some[0] } : { anyOf: some }
}

function objectOf(
  schema: ObjectSchema,
  convert: (schema: Schema) => JsonSchema,
  models: Map<string, JsonSchema> | undefined,
): JsonSchema {
  const { properties, required, title } = schema
  const whole: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, convert(property)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
  // A page holds whatever it is a page of.
  if (models === undefined || title === undefined || title === 'Page') return whole
  models.set(title, whole)
  return { $ref: `#/components/schemas/${title}` }
}
