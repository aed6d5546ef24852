import { operations, type OperationName, type Result } from './operations.js'
import {
  isList,
  isObject,
  isUnion,
  kindOf,
  typeOf,
  wordsOf,
  type ObjectSchema,
  type Schema,
} from './schema.js'
import { parseVector } from './vector.js'

type Read = (value: unknown) => unknown

const readers = new Map<OperationName, Read>()

/**
 * An operation's result out of its JSON form (`toJsonForm`), by the schema of the result: times become `Date`, vectors `Float32Array`,
 * and null is undefined where there was nothing at all.
 *
 * @throws TypeError when it is not of that form
 */
export function resultFromJson<N extends OperationName>(name: N, json: unknown): Result<N>
export function resultFromJson(name: OperationName, json: unknown): unknown {
  const made = readers.get(name)
  if (made !== undefined) return made(json)
  const read = compile(operations[name].result.schema)
  readers.set(name, read)
  return read(json)
}

function compile(schema: Schema): Read {
  if (isUnion(schema)) {
    const models = schema.anyOf.filter(isObject)
    return models.length === schema.anyOf.length ? byKind(models) : choice(schema.anyOf)
  }
  if (isList(schema)) return listOf(compile(schema.items))
  if (isObject(schema)) return objectOf(schema.properties)
  if (typeOf(schema) === 'undefined') return () => undefined
  switch (kindOf(schema)) {
    case 'time':
      return toDate
    case 'vector':
      return toVector
    default:
      return (value) => value
  }
}

/** Something or nothing; or one of some words, which stand as they are. */
function choice(schemas: readonly Schema[]): Read {
  const nothing = schemas.some((schema) => typeOf(schema) === 'undefined') ? undefined : null
  const [first] = schemas
  const read: Read = first === undefined ? (value) => value : compile(first)
  return (value) => (value === null ? nothing : read(value))
}

/** One of several models, told apart by the words that their field `kind` may be. */
function byKind(models: readonly ObjectSchema[]): Read {
  const byWord = new Map<unknown, Read>()
  for (const model of models) {
    const read = objectOf(model.properties)
    const { kind } = model.properties
    for (const word of (kind && wordsOf(kind)) ?? []) byWord.set(word, read)
  }
  return (value) => {
    const kind: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined
    return byWord.get(kind)?.(value) ?? refuse(value, 'an object of a known kind')
  }
}

const listOf =
  (read: Read): Read =>
  (value) =>
    Array.isArray(value) ? value.map(read) : refuse(value, 'a list')

function objectOf(properties: Readonly<Record<string, Schema>>): Read {
  const fields = Object.entries(properties).map(([field, schema]) => ({
    field,
    isOptional: schema.isOptional === true,
    read: compile(schema),
  }))
  return (value) => {
    if (typeof value !== 'object' || value === null) return refuse(value, 'an object')
    const there = fields.filter(({ field, isOptional }) => !isOptional || Object.hasOwn(value, field))
    return Object.fromEntries(there.map(({ field, read }) => [field, read(Reflect.get(value, field))]))
  }
}

function toDate(value: unknown): Date {
  const date = new Date(typeof value === 'string' ? value : Number.NaN)
  return Number.isNaN(date.getTime()) ? refuse(value, 'a time') : date
}

const toVector = (value: unknown): Float32Array => parseVector(value) ?? refuse(value, 'a vector')

function refuse(value: unknown, expectation: string): never {
  throw new TypeError(`${JSON.stringify(value)?.slice(0, 100)} is not ${expectation} in JSON form`)
}
