import { Type, type Static, type TSchema } from 'typebox'
import { foldName } from './fold-name.js'
import { isJsonObject } from './json.js'
import { maxIdLength, maxItems, maxLimit, maxNameLength, maxPosition } from './limits.js'
import type { JsonObject } from './models.js'
import { parseTime } from './time.js'
import { isVectorInput } from './vector.js'
import type { TimeInput, VectorInput } from './wire.js'

/** The kinds of field parameters are made of. Each refinement's text reads after "must be". */

/** Text that SQLite's UTF-8 can keep: a lone surrogate would come back altered, so it is refused. */
export const text = Type.Refine(
  Type.String(),
  (value) => value.isWellFormed(),
  () => 'well-formed Unicode text (it holds a lone surrogate)',
)

export const id = Type.Refine(
  Type.String(),
  (value) => value.length > 0 && value.length <= maxIdLength && value.isWellFormed(),
  () => `well-formed text of 1 to ${maxIdLength} characters`,
)

export const name = Type.Refine(
  Type.String(),
  (value) => value.length <= maxNameLength && value.isWellFormed(),
  () => `well-formed text of at most ${maxNameLength} characters`,
)

/** Every part of it is in the search index, so that a character which is written out as many must count as many. */
export const displayName = Type.Refine(
  name,
  (value) => value.length <= maxNameLength && foldName(value).length <= maxNameLength,
  () => `well-formed text of at most ${maxNameLength} characters, also with compatibility forms written out`,
)

export const time = Type.Refine(
  Type.Unsafe<TimeInput>({}),
  (value) => parseTime(value) !== undefined,
  () => 'a valid Date, ISO 8601 text or whole epoch milliseconds',
)

export const vector = Type.Refine(
  Type.Unsafe<VectorInput>({}),
  isVectorInput,
  () => 'a Float32Array, an array of finite numbers or base64 of float32, not empty',
)

export const json = Type.Refine(
  Type.Unsafe<JsonObject>({}),
  isJsonObject,
  () => 'a plain object that JSON can carry, at most 64 levels deep and 4 MiB long',
)

export const score = Type.Refine(
  Type.Unsafe<number>({}),
  (value) => Number.isFinite(value),
  () => 'a finite number',
)

export const limit = Type.Integer({ minimum: 1, maximum: maxLimit })
const order = Type.Union([Type.Literal('asc'), Type.Literal('desc')])
export const onConflict = Type.Union([Type.Literal('update'), Type.Literal('ignore'), Type.Literal('error')])
export const position = Type.Integer({ minimum: 0, maximum: maxPosition })

export const ids = Type.Array(id, { maxItems })

export const optional = Type.Optional
export const nullable = <Schema extends TSchema>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

/** An object of exactly these fields: an unknown one is most likely a typing error, so it is refused by name. */
export const object = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

export const list = <Item extends TSchema>(item: Item) => Type.Array(item, { maxItems })

/** The fields every listing takes. */
export const paging = {
  limit: optional(limit),
  order: optional(order),
  cursor: optional(id),
}

export type Order = Static<typeof order>
export type OnConflict = Static<typeof onConflict>
