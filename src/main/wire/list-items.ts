import type { TSchema } from 'typebox'
import { itemDecoder, toFields, type ItemDecoder } from './item-decoder.js'
import { rowToMember, rowToMessage } from './row-decoders.js'

/** How the items of a list are decoded one by one, and how all are that crossed at once. */
export interface ListItems {
  readonly decode: ItemDecoder<never>
  readonly decodeAll: (wire: unknown) => unknown[]
}

const rows = <Row>(decode: ItemDecoder<Row>): ListItems => ({
  decode,
  decodeAll: (wire) => {
    const parsed: Row[] = JSON.parse(String(wire))
    return parsed.map((row) => decode(row))
  },
})

/** By the name of the model: lists of these cross as text. */
const asRows: Readonly<Record<string, ListItems>> = {
  Message: rows(rowToMessage),
  SegmentMessage: rows(rowToMember),
}

export function itemsOf(schema: TSchema): ListItems {
  const decode = itemDecoder(schema)
  const plain = { decode, decodeAll: (wire: unknown) => toList(wire).map((item) => decode(toFields(item))) }
  return asRows[String(Reflect.get(schema, 'title'))] ?? plain
}

const toList = (wire: unknown): readonly unknown[] => (Array.isArray(wire) ? wire : [])
