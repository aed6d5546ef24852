import { encodeLongText, encodePiece, longTextLength, type LongText } from '../../protocol/long-text.js'
import { append, emptyColumns } from '../../protocol/message-columns.js'
import { itemWeight, partWeight, type Packed, type Packer } from '../../protocol/packed.js'
import type { WireParams } from '../../protocol/operations.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import { JsonWriter } from './json-writer.js'
import { refuseJson } from './refuse-json.js'
import type { Reading } from './reading.js'

/** Items of a list on their way into one part. */
export interface Chunk {
  add(item: unknown): void
  readonly value: unknown
}

/** The list of a call, and how much of it was read before the call returned. */
export interface ListToPack {
  readonly field: string
  readonly length: number
  readonly read: readonly unknown[]
  readonly readAt: (index: number) => unknown
  readonly newChunk: () => Chunk
}

/** What is done of a JSON text between two looks at the clock. */
const charactersPerStep = 8 * 1024

/** Packs what is in no list and, after it, the list, whose rest is read meanwhile. */
export function* packParams(
  packer: Packer,
  rest: Readonly<Record<string, unknown>>,
  list: ListToPack | undefined,
  reading: Reading,
): Steps<Packed> {
  yield* addAlone(packer, null, rest, reading)
  if (list !== undefined) yield* packList(packer, list, reading)
  return packer.finish()
}

function* packList(packer: Packer, list: ListToPack, reading: Reading): Steps<void> {
  const { field, length, read, readAt, newChunk } = list
  const pace = new Pace()
  let chunk = newChunk()
  let weight = 0
  const finishChunk = (): void => {
    packer.add({ field, value: chunk.value }, weight)
    chunk = newChunk()
    weight = 0
  }
  for (let index = 0; index < length; index += 1) {
    reading.startStep()
    const item = index < read.length ? read[index] : readAt(index)
    const itemIs = weigh(item)
    if (itemIs > longTextLength) {
      if (weight > 0) finishChunk()
      yield* addAlone(packer, field, item, reading)
    } else {
      chunk.add(item)
      weight += itemIs
      if (weight > partWeight) finishChunk()
    }
    if (pace.isOver()) {
      yield
      pace.restart()
    }
  }
  finishChunk()
}

/** In characters, roughly; more than any text may have where something has to be finished. */
function weigh(item: unknown): number {
  if (typeof item === 'string') return item.length + itemWeight / 4
  let weight = itemWeight
  for (const value of Object.values(Object(item))) {
    if (typeof value === 'string') weight += value.length
    else if (value instanceof Float32Array) weight += 2 * value.length
    else if (value instanceof JsonWriter) return Infinity
  }
  return weight
}

/** A part for one value, whose long texts are encoded by themselves. */
function* addAlone(packer: Packer, field: string | null, value: unknown, reading: Reading): Steps<void> {
  const fields: Record<string, unknown> = {}
  const longTexts: Record<string, number> = {}
  let weight = itemWeight
  for (const [key, item] of Object.entries(Object(value))) {
    if (item instanceof JsonWriter) {
      reading.field = key
      longTexts[key] = packer.addText(yield* encodeJson(item, reading))
      weight += item.length
    } else if (typeof item === 'string' && item.length > longTextLength) {
      longTexts[key] = packer.addText(yield* encodeLongText(item))
      weight += item.length
    } else {
      fields[key] = item
    }
  }
  packer.add({ field, value: field === null ? fields : [fields], longTexts }, weight)
}

function* encodeJson(writer: JsonWriter, reading: Reading): Steps<LongText> {
  const pace = new Pace()
  const text: SharedArrayBuffer[] = []
  while (!writer.run(charactersPerStep)) {
    if (pace.isOverNow()) {
      yield
      pace.restart()
    }
  }
  if (writer.problem !== undefined) refuseJson(writer.problem, reading)
  for (const piece of writer.pieces()) {
    text.push(encodePiece(piece))
    if (pace.isOverNow()) {
      yield
      pace.restart()
    }
  }
  return text
}

/** Items one beside the other. */
export function newListChunk(): Chunk {
  const value: unknown[] = []
  return { value, add: (item) => value.push(item) }
}

/** Messages column by column, which takes a quarter of the time. */
export function newColumnsChunk(): Chunk {
  const value = emptyColumns()
  return { value, add: (message) => append(value, finished(message)) }
}

/** What has still to be finished goes alone, never into a chunk. */
function finished(message: unknown): WireParams<'storeMessage'>
function finished(message: unknown): unknown {
  return message
}
