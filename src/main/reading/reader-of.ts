import type { Kind } from '../../protocol/fields.js'
import { maxWords } from '../../protocol/limits.js'
import * as schemas from '../../protocol/schema.js'
import type { ListSchema, Schema, UnionSchema } from '../../protocol/schema.js'
import { readBoolean, readChoice, readers, readInteger } from './kinds.js'
import { isObject, readFields, refuseUnknown, toObject, type FieldReader } from './read-fields.js'
import type { Reader } from './reading.js'

export function fieldReadersOf(properties: Readonly<Record<string, Schema>>): FieldReader[] {
  return Object.entries(properties).map(([key, schema]) => ({
    key,
    isOptional: schema.isOptional === true,
    read: readerOf(schema),
  }))
}

/** The reader of whatever a schema describes; made once for each operation. */
export function readerOf(schema: Schema): Reader {
  const kind = schemas.kindOf(schema)
  if (kind !== undefined && isKind(kind)) return readers[kind]
  if (schemas.typeOf(schema) === 'boolean') return readBoolean
  if (schemas.isInteger(schema)) return readInteger(Number(schema.minimum), Number(schema.maximum))
  if (schemas.isObject(schema)) return objectReader(schema.properties)
  if (schemas.isUnion(schema)) return unionReader(schema)
  if (schemas.isList(schema) && isShortList(schema)) return shortListReader(readerOf(schema.items))
  throw new TypeError(`There is no reader for ${JSON.stringify(schema)}`)
}

/** Of a few words: it is read at once, as one field. */
export const isShortList = (list: ListSchema): boolean => Number(list.maxItems) <= maxWords

/** Names an item by its place in the field. */
function shortListReader(readItem: Reader): Reader {
  return (given, reading) => {
    const { field } = reading
    const list: readonly unknown[] = Array.isArray(given) ? given : []
    const { length } = list
    if (!Array.isArray(given) || length > maxWords)
      reading.refuse(`must be a list of at most ${maxWords} items`)
    return Array.from({ length }, (_, index) => {
      reading.field = `${field}[${index}]`
      return readItem(list[index], reading)
    })
  }
}

const isKind = (kind: string): kind is Kind => Object.hasOwn(readers, kind)

function objectReader(properties: Readonly<Record<string, Schema>>): Reader {
  const fields = fieldReadersOf(properties)
  const known = new Set(Object.keys(properties))
  return (given, reading) => {
    const object = toObject(given, reading)
    refuseUnknown(object, known, reading)
    return readFields(object, fields, reading)
  }
}

/** Something or null; one of several words; or an id or an object that has more to say. */
function unionReader(union: UnionSchema): Reader {
  const words = schemas.wordsOf(union)
  if (words !== undefined) return readChoice(words)
  const [first, second] = union.anyOf
  if (union.anyOf.length !== 2 || first === undefined || second === undefined) {
    throw new TypeError(`There is no reader for a union of ${union.anyOf.length}`)
  }
  const read = readerOf(first)
  if (schemas.typeOf(second) === 'null')
    return (given, reading) => (given === null ? null : read(given, reading))
  const readObject = readerOf(second)
  return (given, reading) => (isObject(given) ? readObject(given, reading) : read(given, reading))
}
