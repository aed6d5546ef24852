import { ConvoDbError } from '../../protocol/errors.js'
import { operations, type OperationName } from '../../protocol/operations.js'
import { isPacked, unpackNow } from '../../protocol/packed.js'
import { readJson } from '../../protocol/read-json.js'
import {
  isList,
  isObject,
  isUnion,
  kindOf,
  titleOf,
  wordsOf,
  type ObjectSchema,
  type Schema,
} from '../../protocol/schema.js'
import { toBase64 } from '../../protocol/vector.js'

type Write = (value: unknown, row: object) => string

const writers = new Map<OperationName, Write>()

/** An operation's answer in wire form as the JSON that `toJsonForm` makes of its result, by the result's schema. */
export function jsonOf(name: OperationName, wire: unknown): string {
  const { schema } = operations[name].result
  const made = writers.get(name) ?? compile(schema)
  writers.set(name, made)
  return made(toWhole(wire, schema), {})
}

/** An answer as one value: it may have been packed, since it is large; it is never one of messages. */
function toWhole(wire: unknown, schema: Schema): unknown {
  const whole = isPacked(wire) ? unpackNow(wire) : wire
  if (!isList(schema)) return whole
  const list: unknown = isPacked(wire) ? (Reflect.get(Object(whole), '') ?? []) : whole
  return titleOf(schema.items) === 'SegmentMessageIds' ? joined(list) : list
}

/** The ids of a segment of many members come in several parts. */
function joined(parts: unknown): unknown[] {
  const segments: { segmentId: unknown; messageIds: unknown[] }[] = []
  for (const part of Array.isArray(parts) ? parts : []) {
    const { segmentId, messageIds, continues } = Object(part)
    const last = segments.at(-1)
    if (continues === true && last !== undefined) for (const id of messageIds) last.messageIds.push(id)
    else segments.push({ segmentId, messageIds: [...messageIds] })
  }
  return segments
}

const asItIs: Write = (value) => JSON.stringify(value ?? null)

function compile(schema: Schema): Write {
  if (isUnion(schema)) {
    const [first] = schema.anyOf
    const models = schema.anyOf.filter(isObject)
    if (models.length === schema.anyOf.length) return byKind(models)
    return orNull(first === undefined ? asItIs : compile(first))
  }
  if (isList(schema)) return listOf(schema.items)
  if (isObject(schema)) return objectOf(schema.properties)
  switch (kindOf(schema)) {
    case 'time':
      return (value) => `"${new Date(Number(value)).toISOString()}"`
    case 'vector':
      return (value) => (value instanceof Float32Array ? `"${toBase64(value)}"` : 'null')
    case 'json':
      return writeJson
    default:
      return asItIs
  }
}

/** One of several models, told apart by the one word that their field `kind` may be. */
function byKind(models: readonly ObjectSchema[]): Write {
  const byWord = new Map<unknown, Write>(
    models.map(({ properties }) => {
      const { kind } = properties
      return [kind && wordsOf(kind)?.[0], objectOf(properties)]
    }),
  )
  return (value, row) => {
    const kind: unknown = Reflect.get(Object(value), 'kind')
    const write = byWord.get(kind)
    if (write === undefined) throw new ConvoDbError('INTERNAL', `No result is of kind ${String(kind)}`)
    return write(value, row)
  }
}

const orNull =
  (write: Write): Write =>
  (value, row) =>
    value === null || value === undefined ? 'null' : write(value, row)

function listOf(items: Schema): Write {
  const write = compile(items)
  return (list, row) => `[${(Array.isArray(list) ? list : []).map((item) => write(item, row)).join(',')}]`
}

function objectOf(properties: Readonly<Record<string, Schema>>): Write {
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    write: compile(schema),
    isOptional: schema.isOptional === true,
  }))
  return (value) => {
    const object = Object(value)
    const texts = fields.flatMap(({ name, write, isOptional }) => {
      const field: unknown = Reflect.get(object, name)
      return isOptional && field === undefined ? [] : `${JSON.stringify(name)}:${write(field, object)}`
    })
    return `{${texts.join(',')}}`
  }
}

/** It is JSON already, unless its row is damaged. */
function writeJson(text: unknown, row: object): string {
  const [id] = Object.entries(row)
  if (id === undefined) throw new ConvoDbError('INTERNAL', 'JSON without a row')
  readJson(String(text), 'JSON', { [id[0]]: String(id[1]) }, JSON.parse)
  return String(text)
}
