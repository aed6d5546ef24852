import { Type, type TSchema } from 'typebox'
import type { Kind } from '../../protocol/fields.js'
import { maxIdLength, maxNameLength, maxTextLength } from '../../protocol/limits.js'

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

export const paramSchema = (schema: TSchema): JsonSchema => toJsonSchema(schema, taken, undefined)

/** Models by their names in `models`, where each is put that is met. */
export const resultSchema = (schema: TSchema, models: Map<string, JsonSchema>): JsonSchema =>
  toJsonSchema(schema, given, models)

function toJsonSchema(
  schema: TSchema,
  kinds: { readonly [kind: string]: JsonSchema },
  models: Map<string, JsonSchema> | undefined,
): JsonSchema {
  const convert = (inner: TSchema): JsonSchema => toJsonSchema(inner, kinds, models)
  const kind: unknown = Reflect.get(schema, 'kind')
  if (typeof kind === 'string') return kinds[kind] ?? { type: 'string' }
  if (Type.IsBoolean(schema)) return { type: 'boolean' }
  if (Type.IsInteger(schema)) return { type: 'integer', ...bounds(schema) }
  if (Type.IsNumber(schema)) return { type: 'number' }
  if (Type.IsString(schema)) return { type: 'string' }
  if (Type.IsNull(schema)) return { type: 'null' }
  if (Type.IsArray(schema)) return { type: 'array', items: convert(schema.items), ...bounds(schema) }
  if (Type.IsUnion(schema)) return unionOf(schema.anyOf, convert)
  if (Type.IsObject(schema)) return objectOf(schema, convert, models)
  throw new TypeError(`OpenAPI has no schema for ${JSON.stringify(schema)}`)
}

const bounds = (schema: TSchema): JsonSchema =>
  Object.fromEntries(
    ['minimum', 'maximum', 'maxItems'].flatMap((keyword) => {
      const value: unknown = Reflect.get(schema, keyword)
      return typeof value === 'number' ? [[keyword, value]] : []
    }),
  )

function unionOf(schemas: readonly TSchema[], convert: (schema: TSchema) => JsonSchema): JsonSchema {
  const words = schemas.flatMap((schema) => (Type.IsLiteral(schema) ? [schema.const] : []))
  if (words.length === schemas.length) return { type: 'string', enum: words }
  const some = schemas.filter((schema) => !Type.IsUndefined(schema)).map(convert)
  return some.length === 1 ? { ...some[0] } : { anyOf: some }
}

function objectOf(
  schema: TSchema,
  convert: (schema: TSchema) => JsonSchema,
  models: Map<string, JsonSchema> | undefined,
): JsonSchema {
  const properties = Object.entries<TSchema>(Type.IsObject(schema) ? schema.properties : {})
  const required = properties.filter(([, property]) => !Type.IsOptional(property)).map(([name]) => name)
  const whole: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, property]) => [name, convert(property)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
  const title: unknown = Reflect.get(schema, 'title')
  // A page holds whatever it is a page of.
  if (models === undefined || typeof title !== 'string' || title === 'Page') return whole
  models.set(title, whole)
  return { $ref: `#/components/schemas/${title}` }
}
