import type { MessageRows } from '../../protocol/message-rows.js'
import { isPacked, type Packed } from '../../protocol/packed.js'
import { Stepwise } from '../stepwise.js'
import { decodeList, decodeOne, decodePage } from './decode-packed.js'
import type { ParseJson } from './parse-json.js'

/** How an answer becomes what callers see: at once, or in steps where it is large. */
export type Decoder<Wire, Value> = (wire: Wire | Packed) => Value | Stepwise<Value>

/** How one thing does; it holds one JSON text at most. */
export type ItemDecoder<Wire, Item> = (wire: Wire, parse?: ParseJson) => Item

/** An answer that is one thing. */
export const one =
  <Wire extends object, Item>(decode: ItemDecoder<Wire, Item>): Decoder<Wire, Item> =>
  (wire) =>
    isPacked(wire) ? new Stepwise(decodeOne(wire, decode)) : decode(wire)

export const ifFound =
  <Wire extends object, Item>(decode: ItemDecoder<Wire, Item>): Decoder<Wire | undefined, Item | undefined> =>
  (wire) =>
    wire === undefined ? undefined : one(decode)(wire)

/** An answer that is nothing but words and numbers. */
export const same = <Value>(wire: Value | Packed): Value => {
  if (isPacked(wire)) throw new TypeError('An answer of words and numbers is never packed')
  return wire
}

export const all =
  <Wire, Item>(decode: ItemDecoder<Wire, Item>): Decoder<readonly Wire[], Item[]> =>
  (wire) =>
    isPacked(wire) ? new Stepwise(decodeList(wire, decode)) : wire.map((item) => decode(item))

export interface PageOf<List> {
  readonly items: List
  readonly nextCursor: string | null
}

type MutablePage<Item> = { items: Item[]; nextCursor: string | null }

export const page =
  <Wire, Item>(decode: ItemDecoder<Wire, Item>): Decoder<PageOf<readonly Wire[]>, MutablePage<Item>> =>
  (wire) =>
    isPacked(wire)
      ? new Stepwise(decodePage(wire, decode))
      : { items: wire.items.map((item) => decode(item)), nextCursor: wire.nextCursor }

/** Rows of JSON. */
export const rows =
  <Row, Item>(decode: ItemDecoder<Row, Item>): Decoder<MessageRows, Item[]> =>
  (wire) =>
    isPacked(wire) ? new Stepwise(decodeList(wire, decode)) : decodeRows(wire, decode)

export const pageOfRows =
  <Row, Item>(decode: ItemDecoder<Row, Item>): Decoder<PageOf<MessageRows>, MutablePage<Item>> =>
  (wire) =>
    isPacked(wire)
      ? new Stepwise(decodePage(wire, decode))
      : { items: decodeRows(wire.items, decode), nextCursor: wire.nextCursor }

export function decodeRows<Row, Item>(text: MessageRows, decode: ItemDecoder<Row, Item>): Item[] {
  const parsed: Row[] = JSON.parse(text)
  return parsed.map((row) => decode(row))
}
