import type { Session } from '../connection/session.js'

// segment_messages_by_message, then each segment by its key.
const selectSegments = `
  SELECT members.message_key AS "messageKey", segments.segment_id AS "segmentId" FROM segment_messages AS members
  JOIN conversation_segments AS segments
    ON segments.channel_id = members.channel_id AND segments.segment_key = members.segment_key
  WHERE members.message_key = ANY ($2::bigint[]) AND members.channel_id = $1 AND segments.channel_id = $1
  ORDER BY segments.segment_key`

/** By message, the strategy's segment that it is in. */
export async function findMemberships(
  session: Session,
  channelId: string,
  strategy: string,
  messageKeys: readonly number[],
): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  if (messageKeys.length === 0) return found
  const rows = await session.all<{ messageKey: number; segmentId: string }>(selectSegments, [
    session.id(channelId),
    messageKeys,
  ])
  for (const { messageKey, segmentId } of rows)
    if (!found.has(messageKey) && segmentId.startsWith(`${strategy}:`)) found.set(messageKey, segmentId)
  return found
}
