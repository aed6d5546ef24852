import { deserialize, serialize } from 'node:v8'
import { maxBatchesUnderWay, type BatchAnswer } from './batch.js'
import type { AnyResult } from './messages.js'
import { isPacked } from './packed.js'
import type { BulkAnswer, EachOutcome } from './requests.js'

const slotBytes = 128 * 1024
const headerBytes = Uint32Array.BYTES_PER_ELEMENT

const inserted = serialize('inserted')

/** The value of an operation, the values of a group, or the outcomes of a bulk. */
function hasPacked(value: AnyResult | readonly AnyResult[] | BulkAnswer): boolean {
  if (Array.isArray(value)) return value.some(isPacked)
  if (isBulkAnswer(value)) return value.outcomes !== 'inserted' && value.outcomes.some(isPackedOutcome)
  return isPacked(value)
}

const isBulkAnswer = (value: unknown): value is BulkAnswer =>
  typeof value === 'object' && value !== null && 'outcomes' in value

const isPackedOutcome = (outcome: EachOutcome): boolean =>
  typeof outcome === 'object' && outcome.ok && isPacked(outcome.value)

/** Nothing where a part of the answer is packed: that is larger than what is kept. */
function serializeSmall(answer: BatchAnswer): Uint8Array | undefined {
  if (answer === 'inserted') return inserted
  const isLarge = answer.some(
    (outcome) => typeof outcome === 'object' && outcome.ok && hasPacked(outcome.value),
  )
  return isLarge ? undefined : serialize(answer)
}

/**
 * The answers to a thread's last batches, in memory that outlives the writer thread which gave them; on the disk they
 * would be one more place from which to forget what was in them. What the file says is committed can be answered from here.
 */
export class SharedAnswers {
  readonly buffer: SharedArrayBuffer

  constructor(buffer = new SharedArrayBuffer(maxBatchesUnderWay * slotBytes)) {
    this.buffer = buffer
  }

  /** To be called before the commit. A longer answer than fits is not kept. */
  keep(batch: number, answer: BatchAnswer): void {
    const { header, content } = this.#slot(batch)
    const bytes = serializeSmall(answer)
    const fits = bytes !== undefined && bytes.length <= content.length
    header[0] = fits ? bytes.length : 0
    if (fits) content.set(bytes)
  }

  read(batch: number): BatchAnswer | undefined {
    const { header, content } = this.#slot(batch)
    const length = header[0] ?? 0
    if (length === 0) return undefined
    // A copy: not everything reads from shared memory.
    const answer: BatchAnswer = deserialize(Uint8Array.from(content.subarray(0, length)))
    return answer
  }

  #slot(batch: number): { readonly header: Uint32Array; readonly content: Uint8Array } {
    const start = (batch % maxBatchesUnderWay) * slotBytes
    return {
      header: new Uint32Array(this.buffer, start, 1),
      content: new Uint8Array(this.buffer, start + headerBytes, slotBytes - headerBytes),
    }
  }
}
