import { operations, type OperationName } from 'convodb'
import type { Kind } from '../../../src/protocol/fields.js'
import {
  isInteger,
  isList,
  isObject,
  isUnion,
  isWord,
  kindOf,
  typeOf,
  type Schema,
} from '../../../src/protocol/schema.js'

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
function sampleOf(schema: Schema): unknown {
  const kind = kindOf(schema)
  if (kind !== undefined) return Reflect.get(byKind, kind)
  if (isList(schema)) return [sampleOf(schema.items)]
  if (isObject(schema)) {
    const entries = Object.entries(schema.properties)
    return Object.fromEntries(entries.map(([field, property]) => [field, sampleOf(property)]))
  }
  if (isUnion(schema)) {
    const [first] = schema.anyOf
    return sampleOf(schema.anyOf.find(isObject) ?? first ?? { type: 'null' })
  }
  if (isWord(schema)) return schema.const
  if (typeOf(schema) === 'boolean') return true
  if (isInteger(schema)) return schema.minimum
  throw new TypeError(`There is no sample of ${JSON.stringify(schema)}`)
}

/** A valid call of each operation with every field it knows, made from its schema. */
export function sampleCall(name: OperationName): object {
  const sample: object = Object(sampleOf(operations[name].params))
  const cursor = cursors[name]
  return cursor === undefined ? sample : { ...sample, cursor }
}
