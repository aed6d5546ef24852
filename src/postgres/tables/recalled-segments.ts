import { balance } from '../../protocol/recall/passages.js'
import type { Session } from '../connection/session.js'

// Seeks segment_messages_by_message (message_key, channel_id).
const selectSegmentsOf = `
  SELECT message_key AS "messageKey", segment_key AS "segmentKey" FROM segment_messages
  WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[]) ORDER BY segment_key`
const selectSegment = `
  SELECT segment_id AS "segmentId" FROM conversation_segments WHERE channel_id = $1 AND segment_key = $2`
const selectPosition = `
  SELECT position FROM segment_messages WHERE channel_id = $1 AND segment_key = $2 AND message_key = $3`
// Both are a range of segment_messages_by_position (channel_id, segment_key, position, message_key).
const selectBefore = `
  SELECT message_key AS key FROM segment_messages
  WHERE channel_id = $1 AND segment_key = $2 AND (position, message_key) < ($3::bigint, $4::bigint)
  ORDER BY position DESC, message_key DESC LIMIT $5`
const selectFrom = `
  SELECT message_key AS key FROM segment_messages
  WHERE channel_id = $1 AND segment_key = $2 AND (position, message_key) >= ($3::bigint, $4::bigint)
  ORDER BY position, message_key LIMIT $5`

/** Null where it is gone. */
export const findSegmentId = async (
  session: Session,
  channelId: string,
  segmentKey: number,
): Promise<string | null> =>
  (await session.get<{ segmentId: string }>(selectSegment, [session.id(channelId), segmentKey]))?.segmentId ??
  null

/** By message, the segments that it is in, rising. */
export async function listSegmentsOf(
  session: Session,
  messages: ReadonlyMap<number, string>,
): Promise<Map<number, number[]>> {
  const rows = await session.all<{ messageKey: number; segmentKey: number }>(selectSegmentsOf, [
    [...messages.keys()],
    session.ids([...new Set(messages.values())]),
  ])
  return new Map(
    [...Map.groupBy(rows, ({ messageKey }) => messageKey)].map(([messageKey, some]) => [
      messageKey,
      some.map(({ segmentKey }) => segmentKey),
    ]),
  )
}

/** The keys of up to `limit` members in their order: as many before one of them as behind it, or the first ones. */
export async function listMembersAround(
  session: Session,
  channelId: string,
  segmentKey: number,
  memberKey: number | undefined,
  limit: number,
): Promise<number[]> {
  const of = [session.id(channelId), segmentKey] as const
  const found =
    memberKey === undefined
      ? undefined
      : await session.get<{ position: number }>(selectPosition, [...of, memberKey])
  const place = found === undefined ? [-1, 0] : [found.position, memberKey ?? 0]
  const from = await session.all<{ key: number }>(selectFrom, [...of, ...place, limit])
  const before = await session.all<{ key: number }>(selectBefore, [...of, ...place, limit])
  return balance(before, from, limit).map(({ key }) => key)
}
