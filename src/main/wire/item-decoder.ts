import { fieldDecoder, type DecodeField } from './field-decoder.js'
import type { ParseJson } from '../../protocol/read-json.js'
import { isList, isObject, isUnion, titleOf, wordsOf, type Schema } from '../../protocol/schema.js'
import { rowToChange } from './change-rows.js'
import { rowToHit, rowToListed, rowToMember, rowToMessage } from './row-decoders.js'

/** How the items of a list are decoded one by one, and how all are that crossed at once. */
interface ListItems {
  readonly decode: ItemDecoder<never>
  readonly decodeAll: (wire: unknown) => unknown[]
}

const rows = <Row>(decode: ItemDecoder<Row>): ListItems => ({
  decode,
  decodeAll: (wire) => {
    const parsed: Row[] = Array.isArray(wire) ? wire : JSON.parse(String(wire))
    return parsed.map((row) => decode(row))
  },
})

/** By the name of the model: lists of these cross as text. */
const asRows: Readonly<Record<string, ListItems>> = {
  Message: rows(rowToMessage),
  ListedMessage: rows(rowToListed),
  SegmentMessage: rows(rowToMember),
  MessageHit: rows(rowToHit),
  ChangeEvent: rows(rowToChange),
}

export function itemsOf(schema: Schema): ListItems {
  const decode = itemDecoder(schema)
  const plain = { decode, decodeAll: (wire: unknown) => toList(wire).map((item) => decode(toFields(item))) }
  return asRows[titleOf(schema) ?? ''] ?? plain
}

const toList = (wire: unknown): readonly unknown[] => (Array.isArray(wire) ? wire : [])

/** The fields of one thing, as they cross threads or as callers see them. */
type Fields = Readonly<Record<string, unknown>>

/** How one thing becomes what callers see. It holds one JSON text at most, which may have been parsed ahead. */
export type ItemDecoder<Wire = Fields, Item = unknown> = (wire: Wire, parse?: ParseJson) => Item

/** Of an object, field by field; what is the same on both sides is copied. Of several models that which the item's `kind` names. */
export function itemDecoder(schema: Schema): ItemDecoder {
  if (isUnion(schema)) return decoderByKind(schema.anyOf)
  const properties = isObject(schema) ? Object.entries(schema.properties) : []
  const idField = properties[0]?.[0] ?? ''
  const changed = properties.flatMap(([field, property]) => {
    const decode = fieldDecoder(property) ?? listOfRowsDecoder(property)
    return decode === undefined ? [] : [{ field, decode }]
  })
  return (wire, parse = JSON.parse) => {
    const item: Record<string, unknown> = { ...wire }
    for (const { field, decode } of changed) {
      const value = wire[field]
      if (value !== null) item[field] = decode(value, field, { [idField]: String(wire[idField]) }, parse)
    }
    return item
  }
}

function decoderByKind(models: readonly Schema[]): ItemDecoder {
  const decoders = new Map(models.map((model) => [kindOf(model), itemDecoder(model)]))
  return (wire, parse) => {
    const decode = decoders.get(wire['kind'])
    if (decode === undefined) throw new TypeError(`No result is of kind ${String(wire['kind'])}`)
    return decode(wire, parse)
  }
}

/** The one word that the model's field `kind` may be. */
function kindOf(model: Schema): unknown {
  const kind = isObject(model) ? model.properties['kind'] : undefined
  return kind === undefined ? undefined : wordsOf(kind)?.[0]
}

/** Messages inside of something else cross as rows, too. */
function listOfRowsDecoder(schema: Schema): DecodeField | undefined {
  const title = (isList(schema) && titleOf(schema.items)) || ''
  return Object.hasOwn(asRows, title) ? asRows[title]?.decodeAll : undefined
}

export const toFields = (wire: unknown): Fields => ({ ...Object(wire) })
