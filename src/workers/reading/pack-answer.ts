import { encodeLongText, longTextLength } from '../../protocol/long-text.js'
import type {
  ChangeRow,
  HitRow,
  ListedRow,
  MemberRow,
  MessageRow,
  MessageRows,
} from '../../protocol/message-rows.js'
import { isPacked, itemWeight, Packer, partWeight, type Packed } from '../../protocol/packed.js'
import { finishNow } from '../../protocol/steps.js'

/** A row of a list of messages: as JSON or, where it is long, value by value, since parsing it would take too long. */
export type Row = string | MessageRow | ListedRow | MemberRow | HitRow | ChangeRow

/** An answer that is larger is packed; a smaller one is decoded in a few milliseconds. */
const maxPlainWeight = 128 * 1024

/** JSON text of rows that are JSON text already; packed where that is large. */
export function answerRows(rows: Iterable<Row>): MessageRows | Packed {
  const packer = new Packer()
  const text = gatherRows(packer, '', rows)
  return text ?? packer.finish()
}

/** `rest` is what a page has beside its items. */
export function answerPage<Rest extends { readonly nextCursor: string | null }>(
  rows: Iterable<Row>,
  rest: Rest,
) {
  const packer = new Packer()
  const items = gatherRows(packer, 'items', rows)
  if (items !== undefined) return { items, ...rest }
  addAlone(packer, null, rest)
  return packer.finish()
}

export function answerContext<Message extends object>(
  beforeRows: Iterable<Row>,
  message: Message,
  afterRows: Iterable<Row>,
) {
  const packer = new Packer()
  const before = gatherRows(packer, 'before', beforeRows)
  const after = gatherRows(packer, 'after', afterRows)
  if (before !== undefined && after !== undefined && weigh(message) <= maxPlainWeight) {
    return { before, message, after }
  }
  if (before !== undefined) packer.add({ field: 'before', value: before }, before.length)
  if (after !== undefined) packer.add({ field: 'after', value: after }, after.length)
  addAlone(packer, null, message)
  return packer.finish()
}

/** Things of a list as they are or, where they are large together, packed. */
export function answerItems<Item>(items: Iterable<Item>): Item[] | Packed {
  const packer = new Packer()
  return gatherItems(packer, '', items) ?? packer.finish()
}

export const answerItemsPage = <Item>(items: Iterable<Item>, nextCursor: string | null) =>
  answerItemsWith(items, { nextCursor })

/** The same with something else beside the items. */
export function answerItemsWith<Item, Rest extends object>(items: Iterable<Item>, rest: Rest) {
  const packer = new Packer()
  const plain = gatherItems(packer, 'items', items)
  if (plain !== undefined) return { items: plain, ...rest }
  addAlone(packer, null, rest)
  return packer.finish()
}

/** An answer that is one thing as it is or, where it is large, packed. */
export function answerOne<Answer>(answer: Answer): Answer | Packed {
  const isList = Array.isArray(answer) || isPacked(answer)
  if (isList || typeof answer !== 'object' || answer === null || weigh(answer) <= 2 * maxPlainWeight)
    return answer
  const packer = new Packer()
  addAlone(packer, null, answer)
  return packer.finish()
}

/** The rows as one text where they are few and short; all others go to the packer. */
function gatherRows(packer: Packer, field: string, rows: Iterable<Row>): MessageRows | undefined {
  let chunk: string[] = []
  let length = 0
  let isPlain = true
  const finishChunk = (): void => {
    isPlain = false
    if (chunk.length > 0) packer.add({ field, value: toJson(chunk) }, length)
    chunk = []
    length = 0
  }
  for (const row of rows) {
    if (typeof row === 'string') {
      if (length + row.length > partWeight) finishChunk()
      chunk.push(row)
      length += row.length
    } else {
      finishChunk()
      addAlone(packer, field, row)
    }
  }
  if (isPlain && length <= maxPlainWeight) return toJson(chunk)
  finishChunk()
  return undefined
}

const toJson = (rows: readonly string[]): MessageRows => `[${rows.join(',')}]`

/** As `gatherRows`. */
function gatherItems<Item>(packer: Packer, field: string, items: Iterable<Item>): Item[] | undefined {
  let chunk: Item[] = []
  let weight = 0
  let isPlain = true
  const finishChunk = (): void => {
    isPlain = false
    if (chunk.length > 0) packer.add({ field, value: chunk }, weight)
    chunk = []
    weight = 0
  }
  for (const item of items) {
    const itemIs = weigh(item)
    if (weight + itemIs > partWeight) finishChunk()
    if (itemIs > partWeight) {
      addAlone(packer, field, item)
    } else {
      chunk.push(item)
      weight += itemIs
    }
  }
  if (isPlain) return chunk
  finishChunk()
  return undefined
}

/** A part for one value, whose long texts are packed by themselves. */
function addAlone(packer: Packer, field: string | null, value: unknown): void {
  const longTexts: Record<string, number> = {}
  const shortened = Object.entries(Object(value)).map(([key, item]: [string, unknown]): [string, unknown] => {
    if (typeof item !== 'string' || item.length <= longTextLength) return [key, item]
    longTexts[key] = packer.addText(finishNow(encodeLongText(item)))
    return [key, '']
  })
  const fields = Array.isArray(value) ? shortened.map(([, item]) => item) : Object.fromEntries(shortened)
  packer.add({ field, value: field === null ? fields : [fields], longTexts }, weigh(value))
}

/** In characters, roughly. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Float32Array) return 2 * value.length
  let weight = itemWeight / 4
  for (const item of Object.values(value)) weight += weigh(item)
  return weight
}
