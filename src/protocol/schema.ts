/**
 * What parameters and results are made of, as plain data in the form of JSON Schema: the few shapes that the registry has, which are
 * there at once when it is loaded. A field may be of a `kind` (`fields.ts`, `results.ts`) whose form depends on where it is.
 */
export type Schema =
  KindSchema | ValueSchema | IntegerSchema | WordSchema | ListSchema | ObjectSchema | UnionSchema

/** Every schema says so where its field may be left out. */
interface Marks {
  readonly isOptional?: true
}

interface KindSchema extends Marks {
  readonly kind: string
}

interface ValueSchema extends Marks {
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'undefined'
}

interface IntegerSchema extends Marks {
  readonly type: 'integer'
  readonly minimum?: number
  readonly maximum?: number
}

/** This word and no other. */
interface WordSchema extends Marks {
  readonly const: string
}

export interface ListSchema extends Marks {
  readonly type: 'array'
  readonly items: Schema
  readonly maxItems?: number
}

export interface ObjectSchema extends Marks {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, Schema>>
  /** Those that are not optional. */
  readonly required: readonly string[]
  readonly title?: string
}

/** One of several. */
export interface UnionSchema extends Marks {
  readonly anyOf: readonly Schema[]
  readonly title?: string
}

export function objectSchema(properties: Readonly<Record<string, Schema>>): ObjectSchema {
  const required = Object.keys(properties).filter((name) => properties[name]?.isOptional !== true)
  return { type: 'object', properties, required }
}

export const isUnion = (schema: Schema): schema is UnionSchema => 'anyOf' in schema
export const isWord = (schema: Schema): schema is WordSchema => 'const' in schema
export const isList = (schema: Schema): schema is ListSchema => typeOf(schema) === 'array'
export const isObject = (schema: Schema): schema is ObjectSchema => typeOf(schema) === 'object'
export const isInteger = (schema: Schema): schema is IntegerSchema => typeOf(schema) === 'integer'

/** Undefined where a kind, a word or a choice says more. */
export const typeOf = (schema: Schema) => ('type' in schema ? schema.type : undefined)
export const kindOf = (schema: Schema): string | undefined => ('kind' in schema ? schema.kind : undefined)
export const titleOf = (schema: Schema): string | undefined => ('title' in schema ? schema.title : undefined)

/** The words that a field may be, where it may be nothing else. */
export function wordsOf(schema: Schema): readonly string[] | undefined {
  if (isWord(schema)) return [schema.const]
  if (!isUnion(schema)) return undefined
  const words = schema.anyOf.filter(isWord)
  return words.length === schema.anyOf.length ? words.map((word) => word.const) : undefined
}
