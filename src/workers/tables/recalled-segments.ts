import { balance } from '../../protocol/recall/passages.js'
import { chooseSegment } from '../../protocol/recall/request.js'
import type { ReadConnection } from '../connection/connection.js'

// Seeks the second key (message_key, segment_key).
const selectSegmentsOf = `SELECT segment_key FROM segment_messages WHERE message_key = ? ORDER BY segment_key`
const selectSegmentId = `SELECT segment_id FROM main.conversation_segments WHERE segment_key = ?`
const selectPosition = `SELECT position FROM segment_messages WHERE message_key = ? AND segment_key = ?`
// Both are a range of the primary key (segment_key, position, message_key).
const selectBefore = `
  SELECT message_key FROM segment_messages
  WHERE segment_key = :segmentKey AND (position, message_key) < (:position, :key)
  ORDER BY position DESC, message_key DESC LIMIT :limit`
const selectFrom = `
  SELECT message_key FROM segment_messages
  WHERE segment_key = :segmentKey AND (position, message_key) >= (:position, :key)
  ORDER BY position, message_key LIMIT :limit`

/** Null where it is gone. */
export const findSegmentId = (connection: ReadConnection, segmentKey: number): string | null =>
  connection.column<string>(selectSegmentId, [segmentKey])[0] ?? null

/** The keys of up to `limit` members in their order: as many before one of them as behind it, or the first ones. */
export function listMembersAround(
  connection: ReadConnection,
  segmentKey: number,
  memberKey: number | undefined,
  limit: number,
): number[] {
  const [position] =
    memberKey === undefined ? [] : connection.column<number>(selectPosition, [memberKey, segmentKey])
  const place = position === undefined ? { position: -1, key: 0 } : { position, key: memberKey ?? 0 }
  const bound = { segmentKey, ...place, limit }
  const from = connection.column<number>(selectFrom, bound)
  const before = connection.column<number>(selectBefore, bound)
  return balance(before, from, limit)
}

/** The segment that a message is found in, where there is one. */
export const findSegmentOf = (
  connection: ReadConnection,
  messageKey: number,
  known: Map<number, number>,
): number | undefined =>
  chooseSegment(connection.column<number>(selectSegmentsOf, [messageKey]), messageKey, known)
