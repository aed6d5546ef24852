import { Type, type TObject, type TSchema } from 'typebox'
import { ConvoDbError } from '../../protocol/errors.js'
import { operations, type OperationName } from '../../protocol/operations.js'
import { isPacked, unpackNow } from '../../protocol/packed.js'
import { readJson } from '../../protocol/read-json.js'
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
function toWhole(wire: unknown, schema: TSchema): unknown {
  const whole = isPacked(wire) ? unpackNow(wire) : wire
  if (!Type.IsArray(schema)) return whole
  const list: unknown = isPacked(wire) ? (Reflect.get(Object(whole), '') ?? []) : whole
  return Reflect.get(schema.items, 'title') === 'SegmentMessageIds' ? joined(list) : list
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

function compile(schema: TSchema): Write {
  if (Type.IsUnion(schema) && schema.anyOf.every((option) => Type.IsObject(option)))
    return byKind(schema.anyOf)
  if (Type.IsUnion(schema)) return orNull(compile(schema.anyOf[0] ?? Type.Null()))
  if (Type.IsArray(schema)) return listOf(schema.items)
  if (Type.IsObject(schema)) return objectOf(schema.properties)
  switch (Reflect.get(schema, 'kind')) {
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
function byKind(models: readonly TObject[]): Write {
  const byWord = new Map(models.map(({ properties }) => [wordOf(properties['kind']), objectOf(properties)]))
  return (value, row) => {
    const kind: unknown = Reflect.get(Object(value), 'kind')
    const write = byWord.get(kind)
    if (write === undefined) throw new ConvoDbError('INTERNAL', `No result is of kind ${String(kind)}`)
    return write(value, row)
  }
}

function wordOf(schema: TSchema = Type.Never()): unknown {
  return Type.IsUnion(schema) ? Reflect.get(Object(schema.anyOf[0]), 'const') : Reflect.get(schema, 'const')
}

const orNull =
  (write: Write): Write =>
  (value, row) =>
    value === null || value === undefined ? 'null' : write(value, row)

function listOf(items: TSchema): Write {
  const write = compile(items)
  return (list, row) => `[${(Array.isArray(list) ? list : []).map((item) => write(item, row)).join(',')}]`
}

function objectOf(properties: Readonly<Record<string, TSchema>>): Write {
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    write: compile(schema),
    isOptional: Type.IsOptional(schema),
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
