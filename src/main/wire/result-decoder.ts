import { operations, type OperationName } from '../../protocol/operations.js'
import { isPacked, type Packed } from '../../protocol/packed.js'
import * as schemas from '../../protocol/schema.js'
import type { ListSchema, Schema } from '../../protocol/schema.js'
import type { DecodeAnswer } from '../executors/executor.js'
import { Stepwise } from '../stepwise.js'
import { decodeList, decodeMessageIds, decodeOne, decodeParts } from './decode-packed.js'
import { itemDecoder, itemsOf, toFields, type ItemDecoder } from './item-decoder.js'

/** How an answer becomes what callers see: at once, or in steps where it is large. */
type Decoder<Wire = unknown> = (wire: Wire) => unknown

const decoders = new Map<OperationName, Decoder>()

/**
 * How an operation's answer becomes what callers see, by the schema of its result. Made when first needed: a program uses few.
 */
export function decoderOf<N extends OperationName>(name: N): DecodeAnswer<N>
export function decoderOf(name: OperationName): Decoder {
  return decoderFor(name)
}

/** The same for answers whose operations are known only when they come. */
export const decodeAnswer = (name: OperationName, answer: unknown): unknown => decoderFor(name)(answer)

function decoderFor(name: OperationName): Decoder {
  const made = decoders.get(name)
  if (made !== undefined) return made
  const decoder = compile(operations[name].result.schema)
  decoders.set(name, decoder)
  return decoder
}

function compile(schema: Schema): Decoder {
  if (schemas.isUnion(schema) && schema.anyOf.some(isUndefined)) return ifFound(schema.anyOf)
  if (schemas.isList(schema)) return listDecoder(schema.items)
  if (!schemas.isObject(schema)) return same
  const lists = Object.entries(schema.properties).filter(([, property]) => isList(property))
  return lists.length === 0 ? one(itemDecoder(schema)) : withLists(schema.properties)
}

/** Of the answer itself; one that may be absent is a field of an item. */
const isList = (schema: Schema): schema is ListSchema => schemas.isList(schema) && schema.isOptional !== true

const isUndefined = (schema: Schema): boolean => schemas.typeOf(schema) === 'undefined'

/** Words and numbers. */
const same: Decoder = (wire) => {
  if (isPacked(wire)) throw new TypeError('An answer of words and numbers is never packed')
  return wire
}

function ifFound([found]: readonly Schema[]): Decoder {
  const decode = found === undefined ? same : compile(found)
  return (wire) => (wire === undefined ? undefined : decode(wire))
}

const one =
  (decode: ItemDecoder): Decoder =>
  (wire) =>
    isPacked(wire) ? new Stepwise(decodeOne(wire, decode)) : decode(toFields(wire))

function listDecoder(schema: Schema): Decoder {
  if (schemas.titleOf(schema) === 'SegmentMessageIds') return decodeMessageIds
  const { decode, decodeAll } = itemsOf(schema)
  return (wire) => (isPacked(wire) ? new Stepwise(decodeList(wire, decode)) : decodeAll(wire))
}

/** An object with lists of one kind of item. What is in no list crosses as it is or, where it is one model, as that model alone. */
function withLists(properties: Readonly<Record<string, Schema>>): Decoder {
  const fields = Object.entries(properties).map(([field, schema]) => ({
    field,
    list: isList(schema) ? itemsOf(schema.items) : undefined,
    decode: schemas.isObject(schema) ? itemDecoder(schema) : undefined,
  }))
  const { decode: decodeItem } = fields.flatMap(({ list }) => list ?? [])[0] ?? itemsOf({ type: 'undefined' })
  const model = fields.find(({ decode }) => decode !== undefined)
  const decodeFields = (wire: unknown) => {
    const values = toFields(wire)
    return Object.fromEntries(
      fields.map(({ field, list, decode }) => {
        const value = values[field]
        if (list !== undefined) return [field, list.decodeAll(value)]
        return [field, decode === undefined ? value : decode(toFields(value))]
      }),
    )
  }
  function* decodeSteps(packed: Packed) {
    const decodeRest: ItemDecoder = (rest, parse) =>
      model?.decode === undefined ? rest : { [model.field]: model.decode(rest, parse) }
    const { rest, lists } = yield* decodeParts(packed, decodeItem, decodeRest)
    if (rest === undefined) throw new TypeError('A packed answer lacks what is in no list')
    return Object.fromEntries(
      fields.map(({ field, list }) => [
        field,
        list === undefined ? toFields(rest)[field] : (lists.get(field) ?? []),
      ]),
    )
  }
  return (wire) => (isPacked(wire) ? new Stepwise(decodeSteps(wire)) : decodeFields(wire))
}
