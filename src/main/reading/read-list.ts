import { maxItems } from '../../protocol/limits.js'
import { Packer } from '../../protocol/packed.js'
import { Stepwise } from '../stepwise.js'
import { packParams, type Chunk } from './pack.js'
import type { Reading } from './reading.js'

/** How a list is read, and what it becomes. */
export interface ListReader {
  readonly field: string
  /** The field in which it crosses whole, and that in which it crosses in chunks. */
  readonly wireField: string
  readonly chunksField: string
  readonly isOptional: boolean
  readonly readItem: (given: unknown, reading: Reading) => unknown
  readonly newChunk: () => Chunk
}

/** Whatever an item is, reading it takes as long as so many characters. */
const leastItemWeight = 16

/**
 * Reads the list of a call. Its length is looked at before its items: one that is too long is refused at once. What is too
 * much to be read at once is read in steps, and only the first of it before the call returns.
 */
export function readList(
  { field, wireField, chunksField, readItem, newChunk }: ListReader,
  given: unknown,
  rest: Readonly<Record<string, unknown>>,
  reading: Reading,
): unknown {
  reading.field = field
  if (given === undefined) reading.refuse('is missing')
  const list: readonly unknown[] = Array.isArray(given) ? given : refuseList(reading)
  const { length } = list
  if (length > maxItems) reading.refuse(`must be a list of at most ${maxItems} items; it has ${length}`)
  const readAt = (index: number): unknown => {
    reading.list = field
    reading.index = index
    reading.field = ''
    reading.weight += leastItemWeight
    return readItem(list[index], reading)
  }
  const read: unknown[] = []
  while (read.length < length && reading.room > 0 && !reading.hasUnfinished) read.push(readAt(read.length))
  if (read.length === length && reading.room >= 0 && !reading.hasUnfinished) {
    const chunk = newChunk()
    for (const item of read) chunk.add(item)
    return { ...rest, [wireField]: chunk.value }
  }
  const packer = new Packer()
  const steps = packParams(packer, rest, { field: chunksField, length, read, readAt, newChunk }, reading)
  return new Stepwise(steps, () => packer.bytes)
}

const refuseList = (reading: Reading): never => reading.refuse(`must be a list of at most ${maxItems} items`)
