import {
  maxDimension,
  maxItems,
  maxLeased,
  maxLeaseMs,
  maxLimit,
  maxPosition,
  maxWindow,
  maxWords,
} from './limits.js'
import type { JsonObject } from './models.js'
import type { WithMessages } from './listing-parameters.js'
import type { OnConflict, Order, Paging } from './parameters.js'
import { objectSchema, type ObjectSchema, type Schema } from './schema.js'
import type { TimeInput, VectorInput } from './wire.js'

/**
 * The kinds of field that parameters are made of. A schema says which; what a kind takes, and how it is read, is in
 * src/main/reading/kinds.ts.
 */
export type Kind =
  'id' | 'cursor' | 'hash' | 'name' | 'displayName' | 'text' | 'time' | 'vector' | 'json' | 'score'

/** A schema, and the type of what it takes, which the compiler compares field by field. */
export type Field<Value> = Schema & Describes<Value>

export interface Describes<Value> {
  /** Carries the type; never there. Of this form it stands for exactly that type, not for a wider or a narrower one. */
  readonly describes?: (value: Value) => Value
}

/** The schema of an operation's parameters, whose type is an interface of `parameters.ts`. */
export interface ParamsSchema<Params> extends ObjectSchema, Describes<Params> {}

const of = <Value>(schema: Schema): Field<Value> => schema

const kind = <Value>(name: Kind): Field<Value> => of({ kind: name })

/** Of 1 to 1,024 characters. */
export const id = kind<string>('id')
/** Where a listing goes on, as it was given out. */
export const cursor = kind<string>('cursor')
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

export const whole = (minimum: number, maximum: number): Field<number> =>
  of({ type: 'integer', minimum, maximum })
export const limit = whole(1, maxLimit)
export const neighbours = whole(0, 1000)
export const snippetLength = whole(20, 10_000)
export const leaseLimit = whole(1, maxLeased)
export const leaseMs = whole(1, maxLeaseMs)
export const retryInMs = whole(0, maxLeaseMs)
export const windowSize = whole(0, maxWindow)
export const position = whole(0, maxPosition)
export const count = whole(0, Number.MAX_SAFE_INTEGER)
export const dimension = whole(1, maxDimension)
export const truth: Field<boolean> = of({ type: 'boolean' })

/** One of some words. */
export const words = <const Word extends string>(...choice: readonly Word[]): Field<Word> =>
  of({ anyOf: choice.map((word) => ({ const: word })) })

export const onConflict = words<OnConflict>('update', 'ignore', 'error')

export const optional = <Value>(field: Field<Value>): Field<Value | undefined> =>
  of({ ...field, isOptional: true })
export const nullable = <Value>(field: Field<Value>): Field<Value | null | undefined> =>
  of({ anyOf: [field, { type: 'null' }], isOptional: true })

type Fields<Value> = { readonly [Key in keyof Value]-?: Field<Value[Key]> }

/** An object of exactly these fields: an unknown one is most likely a typing error, so it is refused by name. */
export function object<Value extends object>(fields: Fields<Value>): ParamsSchema<Value> {
  return objectSchema({ ...fields })
}

export const list = <Item>(item: Field<Item>): Field<readonly Item[]> =>
  of({ type: 'array', items: item, maxItems })
export const ids = list(id)

/** An id alone, or an object that has more to say. */
export const idOr = <Value extends object>(field: Field<Value>): Field<string | Value> =>
  of({ anyOf: [id, field] })

/** Some of few words. It stands beside other fields, and beside the list that a call may have. */
const someWords = <const Word extends string>(...choice: readonly Word[]): Field<readonly Word[]> =>
  of({ type: 'array', items: words(...choice), maxItems: maxWords })

export const withMessages: Fields<WithMessages> = { with: optional(someWords('user', 'reactions')) }

/** The fields every listing takes. */
export const paging: Fields<Paging> = {
  limit: optional(limit),
  order: optional(words<Order>('asc', 'desc')),
  cursor: optional(cursor),
}
