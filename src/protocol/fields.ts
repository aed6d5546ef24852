import { Type, type Static, type TSchema } from 'typebox'
import { maxDimension, maxItems, maxLimit, maxPosition } from './limits.js'
import type { JsonObject } from './models.js'
import type { TimeInput, VectorInput } from './wire.js'

/**
 * The kinds of field that parameters are made of. A schema says which; what a kind takes, and how it is read, is in
 * src/main/reading/kinds.ts.
 */
export type Kind = 'id' | 'hash' | 'name' | 'displayName' | 'text' | 'time' | 'vector' | 'json' | 'score'

const kind = <Value>(name: Kind) => Type.Unsafe<Value>({ kind: name })

/** Of 1 to 1,024 characters. */
export const id = kind<string>('id')
/** SHA-256 in lower-case hexadecimal. */
export const hash = kind<string>('hash')
export const name = kind<string>('name')
export const displayName = kind<string>('displayName')
export const text = kind<string>('text')
export const time = kind<TimeInput>('time')
export const vector = kind<VectorInput>('vector')
export const json = kind<JsonObject>('json')
/** Any finite number. */
export const score = kind<number>('score')

export const limit = Type.Integer({ minimum: 1, maximum: maxLimit })
const order = Type.Union([Type.Literal('asc'), Type.Literal('desc')])
export const onConflict = Type.Union([Type.Literal('update'), Type.Literal('ignore'), Type.Literal('error')])
export const position = Type.Integer({ minimum: 0, maximum: maxPosition })
export const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
export const dimension = Type.Integer({ minimum: 1, maximum: maxDimension })

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
