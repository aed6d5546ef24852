import { extraNames } from '../../protocol/message-fields.js'
import { valuesBeforeExtras, type SegmentMessageIdsPart } from '../../protocol/message-rows.js'
import type { SegmentMessageIds } from '../../protocol/models.js'
import { isPacked, ownerOf, readPart, type Packed, type Part } from '../../protocol/packed.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import { Stepwise } from '../stepwise.js'
import type { ItemDecoder } from './item-decoder.js'
import type { ParseJson } from '../../protocol/read-json.js'
import { parseJsonInSteps } from './parse-json.js'

/** Items of one list, or rows of them as JSON text. */
type Items<Wire> = readonly Wire[] | string

export function* decodeOne<Wire, Item>(packed: Packed, decode: ItemDecoder<Wire, Item>): Steps<Item> {
  for (const shared of packed.parts) {
    const part = yield* readPart<Wire, never>(packed, shared)
    if (part.field === null) return decode(part.value, yield* parserFor(part))
  }
  throw new TypeError('A packed answer lacks its only part')
}

export function* decodeList<Wire, Item>(packed: Packed, decode: ItemDecoder<Wire, Item>): Steps<Item[]> {
  const { lists } = yield* decodeParts<Wire, Item, never>(packed, decode, (rest) => rest)
  return lists.get('') ?? []
}

/** The items of every list by its field, and what is in no list. */
export function* decodeParts<Wire, Item, Rest, DecodedRest = Rest>(
  packed: Packed,
  decode: ItemDecoder<Wire, Item>,
  decodeRest: ItemDecoder<Rest, DecodedRest>,
): Steps<{ rest: DecodedRest | undefined; lists: Map<string, Item[]> }> {
  const pace = new Pace()
  const lists = new Map<string, Item[]>()
  let rest: DecodedRest | undefined
  for (const shared of packed.parts) {
    const part = yield* readPart<Rest, Items<Wire>>(packed, shared)
    const parse = yield* parserFor(part)
    if (part.field === null) {
      rest = decodeRest(part.value, parse)
      continue
    }
    const list = lists.get(part.field) ?? []
    lists.set(part.field, list)
    for (const item of wholeItems(part.value)) {
      list.push(decode(item, parse))
      if (pace.isOver()) {
        yield
        pace.restart()
      }
    }
  }
  return { rest, lists }
}

function wholeItems<Wire>(items: Items<Wire>): readonly Wire[] {
  if (typeof items !== 'string') return items
  const parsed: Wire[] = JSON.parse(items)
  return parsed
}

/** Where an item has a JSON text: by its name, or by its place in a row. */
const jsonFields: ReadonlySet<string> = new Set([
  'metadata',
  'profile',
  String(valuesBeforeExtras + extraNames.indexOf('metadata')),
])

/** A JSON text that is long is parsed ahead, in steps; whoever decodes its item finds it parsed. */
function* parserFor(part: Part): Steps<ParseJson | undefined> {
  const field = Object.keys(part.longTexts ?? {}).find((key) => jsonFields.has(key))
  if (field === undefined) return undefined
  const text: unknown = Reflect.get(ownerOf(part), field)
  try {
    const parsed = yield* parseJsonInSteps(String(text))
    return () => parsed
  } catch {
    return JSON.parse
  }
}

/** A segment of many members came in several parts. */
export function decodeMessageIds(wire: unknown): SegmentMessageIds[] | Stepwise<SegmentMessageIds[]> {
  return isPacked(wire) ? new Stepwise(joinInSteps(wire)) : joinIds(Array.isArray(wire) ? wire : [])
}

function* joinInSteps(packed: Packed): Steps<SegmentMessageIds[]> {
  return joinIds(yield* decodeList<SegmentMessageIdsPart, SegmentMessageIdsPart>(packed, (part) => part))
}

function joinIds(parts: readonly SegmentMessageIdsPart[]): SegmentMessageIds[] {
  const segments: SegmentMessageIds[] = []
  for (const { segmentId, messageIds, continues = false } of parts) {
    const last = segments.at(-1)
    if (continues && last !== undefined) for (const id of messageIds) last.messageIds.push(id)
    else segments.push({ segmentId, messageIds: [...messageIds] })
  }
  return segments
}
