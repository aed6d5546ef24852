import type { Describes } from './fields.js'
import type { JsonObject, Page } from './models.js'
import { objectSchema, type Schema } from './schema.js'

/**
 * What a result is made of: a schema, and the type that it describes, which the compiler compares field by field. From the schema
 * follows how the result crosses threads and what callers get of it (src/main/wire).
 */
export interface ResultSchema<Value> extends Describes<Value> {
  readonly schema: Schema
}

/** Kinds of field that cross threads in another form than callers get them in: epoch milliseconds, JSON text. */
export type ResultKind = 'time' | 'json'

const of = <Value>(schema: Schema): ResultSchema<Value> => ({ schema })
const kind = <Value>(name: ResultKind): ResultSchema<Value> => of({ kind: name })

export const text = of<string>({ type: 'string' })
export const number = of<number>({ type: 'number' })
export const wholeNumber = of<number>({ type: 'integer' })
export const truth = of<boolean>({ type: 'boolean' })
export const time = kind<Date>('time')
export const json = kind<JsonObject>('json')
export const vector = of<Float32Array>({ kind: 'vector' })
export const nothing = of<void>({ type: 'undefined' })

export const words = <const Word extends string>(...choice: readonly Word[]) =>
  of<Word>({ anyOf: choice.map((word) => ({ const: word })) })

export const orNull = <Value>({ schema }: ResultSchema<Value>) =>
  of<Value | null>({ anyOf: [schema, { type: 'null' }] })

/** Of whole results alone: there may be none. */
export const orUndefined = <Value>({ schema }: ResultSchema<Value>) =>
  of<Value | undefined>({ anyOf: [schema, { type: 'undefined' }] })

/** A field that is there only where it was asked for. */
export const maybe = <Value>({ schema }: ResultSchema<Value>) =>
  of<Value | undefined>({ ...schema, isOptional: true })

export const listOf = <Item>({ schema }: ResultSchema<Item>) => of<Item[]>({ type: 'array', items: schema })

type Fields<Value> = { readonly [Key in keyof Value]-?: ResultSchema<Value[Key]> }

/** An object with a name; its first field is the one by which callers know it. */
export function model<Value extends object>(name: string, fields: Fields<Value>): ResultSchema<Value> {
  const entries = Object.entries<{ readonly schema: Schema }>(fields)
  const properties = Object.fromEntries(entries.map(([field, { schema }]) => [field, schema]))
  return of({ ...objectSchema(properties), title: name })
}

/** One of several models, told apart by their field `kind`. */
export const anyOf = <Choice extends readonly object[]>(
  name: string,
  ...choice: { readonly [Index in keyof Choice]: ResultSchema<Choice[Index]> }
): ResultSchema<Choice[number]> => of({ anyOf: choice.map(({ schema }) => schema), title: name })

export const pageOf = <Item>(item: ResultSchema<Item>) =>
  model<Page<Item>>('Page', { items: listOf(item), nextCursor: orNull(text) })
