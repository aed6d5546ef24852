import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'
import type { Place } from '../../protocol/cursors.js'
import type { SegmentingPlace } from '../../protocol/segmenting-place.js'

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
