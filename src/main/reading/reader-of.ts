import { Type, type TSchema } from 'typebox'
import type { Kind } from '../../protocol/fields.js'
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
  throw new TypeError(`There is no reader for ${JSON.stringify(schema)}`)
}

const boundOf = (schema: TSchema, bound: 'minimum' | 'maximum'): number => Number(Reflect.get(schema, bound))

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
