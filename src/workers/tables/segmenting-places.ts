import { ConvoDbError } from '../../protocol/errors.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'
import { beforeAllTime, type Place } from '../../protocol/cursors.js'

/**
 * How far a strategy has come in a channel. Every message up to `lastKey` that stands up to `place` in the channel's order was decided
 * about, as it was when change `lastChange` was the newest.
 */
export interface SegmentingPlace {
  /** Counts the steps that were stored: who has read an older one knows less than there is. */
  readonly step: number
  readonly place: Place
  readonly lastKey: number
  readonly lastChange: number
}

interface PlaceRow extends Place {
  readonly step: number
  readonly lastKey: number
  readonly lastChange: number
}

// Seeks the unique key (channel_key, strategy). A damaged row is refused.
const selectPlace = `
  SELECT step, timestamp AS value, message_key AS key, last_key AS lastKey, last_change AS lastChange
  FROM segmenting_places WHERE channel_key = ? AND strategy = ? AND ${isWhole('segmenting_places')}`
const savePlace = `
  INSERT INTO segmenting_places (channel_key, strategy, step, timestamp, message_key, last_key, last_change)
  VALUES (:channelKey, :strategy, :step, :time, :key, :lastKey, :lastChange)
  ON CONFLICT (channel_key, strategy) DO UPDATE SET
    step = :step, timestamp = :time, message_key = :key, last_key = :lastKey, last_change = :lastChange`
// The end of a primary key.
const selectLastChange = `SELECT coalesce(max(change_id), 0) AS lastChange FROM changes`

export function findSegmentingPlace(
  connection: ReadConnection,
  channelKey: number,
  strategy: string,
): SegmentingPlace | undefined {
  const row = connection.get<PlaceRow>(selectPlace, [channelKey, strategy])
  if (row === undefined) return undefined
  const { step, value, key, lastKey, lastChange } = row
  return { step, place: { value, key }, lastKey, lastChange }
}

export function saveSegmentingPlace(
  connection: WriteConnection,
  channelKey: number,
  strategy: string,
  { step, place, lastKey, lastChange }: SegmentingPlace,
): void {
  const { value: time, key } = place
  connection.run(savePlace, { channelKey, strategy, step, time, key, lastKey, lastChange })
}

export const readLastChange = (connection: ReadConnection): number =>
  connection.get<{ lastChange: number }>(selectLastChange)?.lastChange ?? 0

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
