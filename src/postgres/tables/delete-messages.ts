import type { MessagePlace, Session } from '../connection/session.js'
import { dropPending, pendByMembers } from '../pending/pending-rules.js'
import { forgetAnswers } from './idempotency-keys.js'
import type { SegmentPlace } from './segment-places.js'

const takePlaces = `DELETE FROM message_places WHERE message_id = ANY ($1::text[])`
const selectSegments = `
  SELECT DISTINCT segments.segment_id AS "segmentId", segments.channel_id AS "channelId",
    segments.segment_key AS "segmentKey"
  FROM segment_messages AS members
  JOIN conversation_segments AS segments
    ON segments.channel_id = members.channel_id AND segments.segment_key = members.segment_key
  WHERE members.message_key = ANY ($1::bigint[]) AND members.channel_id = ANY ($2::text[])
    AND segments.channel_id = ANY ($2::text[])`
const deleteRows = `
  DELETE FROM messages WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])
  RETURNING message_id AS "messageId", channel_id AS "channelId", user_id AS "userId", message_key AS "messageKey"`

interface DeletedRow {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly messageKey: number
}

/** Deletes messages whose places are locked, with all that hangs on them. Gives how many there were. */
export async function deletePlaced(
  session: Session,
  places: readonly MessagePlace[],
  { isToldOfEach = true } = {},
): Promise<number> {
  if (places.length === 0) return 0
  const keys = places.map(({ messageKey }) => messageKey)
  const channels = session.ids([...new Set(places.map(({ channelId }) => channelId))])
  await session.run(takePlaces, [session.ids(places.map(({ messageId }) => messageId))])
  const segments = await session.all<SegmentPlace>(selectSegments, [keys, channels])
  const rows = await session.all<DeletedRow>(deleteRows, [keys, channels])
  const order = new Map(keys.map((key, index) => [key, index]))
  const sorted = rows.toSorted(
    (one, other) => (order.get(one.messageKey) ?? 0) - (order.get(other.messageKey) ?? 0),
  )
  await dropPending(session, 'message', keys)
  await pendByMembers(session, segments)
  for (const { segmentId, channelId } of segments)
    session.changes.add({ kind: 'segmentUpdated', segmentId, channelId })
  for (const { messageId, channelId, userId } of isToldOfEach ? sorted : [])
    session.changes.add({ kind: 'messageDeleted', messageId, channelId, userId })
  for (const row of rows) session.counters.remove(row)
  await forgetAnswers(session)
  return rows.length
}
