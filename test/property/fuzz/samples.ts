import { Type, type TSchema } from 'typebox'
import { operations, type OperationName } from 'convodb'
import type { Kind } from '../../../src/protocol/fields.js'

const cursorOf = (place: string): string => Buffer.from(place).toString('base64url')

/** A value of each kind that every operation takes. */
const byKind: { readonly [K in Kind]: unknown } = {
  id: 'x',
  // Well-formed, so that only what is broken is wrong.
  cursor: cursorOf('1.1'),
  hash: 'a'.repeat(64),
  name: 'tea',
  displayName: 'Ada',
  text: 'hello',
  time: 1,
  vector: [1, 2],
  json: { a: 1 },
  score: 0.5,
}

/** Places of another form than a listing's. */
const cursors: { readonly [name: string]: string } = {
  deleteExpiredMessages: cursorOf('1.1.1'),
  exportRows: cursorOf('forgotten:1'),
  applySegmentingStep: Buffer.alloc(40, 0).toString('base64url'),
}

/** A valid value of whatever a schema describes, with every field that it knows. */
function sampleOf(schema: TSchema): unknown {
  if ('kind' in schema) return Reflect.get(byKind, String(schema['kind']))
  if (Type.IsArray(schema)) return [sampleOf(schema.items)]
  if (Type.IsObject(schema)) {
    const entries = Object.entries<TSchema>(schema.properties)
    return Object.fromEntries(entries.map(([field, property]) => [field, sampleOf(property)]))
  }
  if (Type.IsUnion(schema)) {
    const choices: readonly TSchema[] = schema.anyOf
    const [first] = choices
    return sampleOf(choices.find((choice) => Type.IsObject(choice)) ?? first ?? Type.Null())
  }
  if (Type.IsLiteral(schema)) return schema.const
  if (Type.IsBoolean(schema)) return true
  if (Type.IsInteger(schema)) return Reflect.get(schema, 'minimum')
  throw new TypeError(`There is no sample of ${JSON.stringify(schema)}`)
}

/** A valid call of each operation with every field it knows, made from its schema. */
export function sampleCall(name: OperationName): object {
  const sample: object = Object(sampleOf(operations[name].params))
  const cursor = cursors[name]
  return cursor === undefined ? sample : { ...sample, cursor }
}
