import { Type, type TArray, type TSchema } from 'typebox'
import type { Kind } from '../../protocol/fields.js'
import { maxWords } from '../../protocol/limits.js'
import { readBoolean, readChoice, readers, readInteger } from './kinds.js'
import { isObject, readFields, refuseUnknown, toObject, type FieldReader } from './read-fields.js'
import type { Reader } from './reading.js'

export function fieldReadersOf(properties: Readonly<Record<string, TSchema>>): FieldReader[] {
  return Object.entries(properties).map(([key, schema]) => ({
    key,
    isOptional: Type.IsOptional(schema),
    read: readerOf(schema),
  }))
}

/** The reader of whatever a schema describes; made once for each operation. */
export function readerOf(schema: TSchema): Reader {
  if (isKind(schema)) return readers[schema.kind]
  if (Type.IsBoolean(schema)) return readBoolean
  if (Type.IsInteger(schema)) return readInteger(boundOf(schema, 'minimum'), boundOf(schema, 'maximum'))
  if (Type.IsObject(schema)) return objectReader(schema.properties)
  if (Type.IsUnion(schema)) return unionReader(schema.anyOf)
  if (Type.IsArray(schema) && isShortList(schema)) return shortListReader(readerOf(schema.items))
  throw new TypeError(`There is no reader for ${JSON.stringify(schema)}`)
}

/** Of a few words: it is read at once, as one field. */
export const isShortList = (list: TArray): boolean => boundOf(list, 'maxItems') <= maxWords

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

const boundOf = (schema: TSchema, bound: 'minimum' | 'maximum' | 'maxItems'): number =>
  Number(Reflect.get(schema, bound))

const isKind = (schema: TSchema): schema is { readonly kind: Kind } => 'kind' in schema

function objectReader(properties: Readonly<Record<string, TSchema>>): Reader {
  const fields = fieldReadersOf(properties)
  const known = new Set(Object.keys(properties))
  return (given, reading) => {
    const object = toObject(given, reading)
    refuseUnknown(object, known, reading)
    return readFields(object, fields, reading)
  }
}

/** Something or null; one of several words; or an id or an object that has more to say. */
function unionReader(schemas: readonly TSchema[]): Reader {
  const words = schemas.flatMap((schema) => (Type.IsLiteral(schema) ? [String(schema.const)] : []))
  if (words.length === schemas.length) return readChoice(words)
  const [first, second] = schemas
  if (schemas.length !== 2 || first === undefined || second === undefined) {
    throw new TypeError(`There is no reader for a union of ${schemas.length}`)
  }
  const read = readerOf(first)
  if (Type.IsNull(second)) return (given, reading) => (given === null ? null : read(given, reading))
  const readObject = readerOf(second)
  return (given, reading) => (isObject(given) ? readObject(given, reading) : read(given, reading))
}
