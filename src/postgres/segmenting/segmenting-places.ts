import type { SegmentingPlace } from '../../protocol/segmenting-place.js'
import type { Session } from '../connection/session.js'
import { readLastPlace } from '../tables/changes.js'

interface PlaceRow {
  readonly step: number
  readonly value: number
  readonly key: number
  readonly lastKey: number
  readonly lastChange: number
}

// Seeks the primary key (channel_id, strategy).
const selectPlace = `
  SELECT step, timestamp AS value, message_key AS key, last_number AS "lastKey", last_change AS "lastChange"
  FROM segmenting_places WHERE channel_id = $1 AND strategy = $2`
const lockPlace = `${selectPlace} FOR UPDATE`
// Who deletes the channel waits, and takes the place along.
const lockChannel = `SELECT channel_id FROM channels WHERE channel_id = $1 FOR KEY SHARE`
const insertPlace = `
  INSERT INTO segmenting_places (channel_id, strategy, step, timestamp, message_key, last_number, last_change)
  VALUES ($1, $2, 0, 0, 0, 0, 0) ON CONFLICT (channel_id, strategy) DO NOTHING`
const savePlace = `
  UPDATE segmenting_places SET step = $3, timestamp = $4, message_key = $5, last_number = $6, last_change = $7
  WHERE channel_id = $1 AND strategy = $2`

/** How far a strategy has come; its `lastKey` is a number of stored_messages, since keys are not in the order of the commits. */
export async function findSegmentingPlace(
  session: Session,
  channelId: string,
  strategy: string,
): Promise<SegmentingPlace | undefined> {
  const row = await session.get<PlaceRow>(selectPlace, [session.id(channelId), strategy])
  return row && toPlace(row)
}

/** Which step was stored last, 0 before the first; nobody stores another until the commit. Undefined where there is no such channel. */
export async function lockLastStep(
  session: Session,
  channelId: string,
  strategy: string,
): Promise<number | undefined> {
  const id = session.id(channelId)
  if ((await session.get(lockChannel, [id])) === undefined) return undefined
  await session.run(insertPlace, [session.newId(channelId), strategy])
  return (await session.get<PlaceRow>(lockPlace, [id, strategy]))?.step
}

export async function saveSegmentingPlace(
  session: Session,
  channelId: string,
  strategy: string,
  { step, place, lastKey, lastChange }: SegmentingPlace,
): Promise<void> {
  const values = [session.id(channelId), strategy, step, place.value, place.key, lastKey, lastChange]
  await session.run(savePlace, values)
}

/** Where messages and changes end by now. */
export async function readEnds(session: Session): Promise<Pick<SegmentingPlace, 'lastKey' | 'lastChange'>> {
  const { messageKey, changeId } = await readLastPlace(session)
  return { lastKey: messageKey, lastChange: changeId }
}

const toPlace = ({ step, value, key, lastKey, lastChange }: PlaceRow): SegmentingPlace => ({
  step,
  place: { value, key },
  lastKey,
  lastChange,
})
