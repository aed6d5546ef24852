import { beforeAllTime, type Place } from './cursors.js'
import { ConvoDbError } from './errors.js'

/**
 * How far a strategy has come in a channel. Every message up to `lastKey`, in the order of storing, that stands up to `place` in the channel's order was decided
 * about, as it was when change `lastChange` was the newest.
 */
export interface SegmentingPlace {
  /** Counts the steps that were stored: who has read an older one knows less than there is. */
  readonly step: number
  readonly place: Place
  readonly lastKey: number
  readonly lastChange: number
}

/** Before the first message of the channel. */
export const startPlace = (lastKey: number, lastChange: number): SegmentingPlace => ({
  step: 0,
  place: { value: beforeAllTime, key: 0 },
  lastKey,
  lastChange,
})

const numbers = 5

/** The place behind a step, always of the same length: how large its numbers are is not for everybody to see. */
export function encodeSegmentingCursor({ step, place, lastKey, lastChange }: SegmentingPlace): string {
  const bytes = Buffer.alloc(8 * numbers)
  for (const [index, number] of [step, place.value, place.key, lastKey, lastChange].entries()) {
    bytes.writeBigInt64LE(BigInt(number), 8 * index)
  }
  return bytes.toString('base64url')
}

/** @throws INVALID_ARGUMENT when the text is no cursor of a step */
export function decodeSegmentingCursor(cursor: string): SegmentingPlace {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length === 8 * numbers) {
    const at = (index: number): number => Number(bytes.readBigInt64LE(8 * index))
    const place = { value: at(1), key: at(2) }
    const read = { step: at(0), place, lastKey: at(3), lastChange: at(4) }
    const isSafe = [read.step, place.value, place.key, read.lastKey, read.lastChange].every(
      Number.isSafeInteger,
    )
    if (isSafe) return read
  }
  throw new ConvoDbError('INVALID_ARGUMENT', "cursor must be a step's nextCursor, unchanged", {
    field: 'cursor',
  })
}

/** A step ends where its messages are so long, since whoever decides reads them all. */
export const maxStepBytes = 4 * 1024 * 1024
