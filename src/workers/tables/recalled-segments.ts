import { extraNames } from '../../protocol/message-fields.js'
import type { MessageRow } from '../../protocol/message-rows.js'
import type { ReadConnection } from '../connection/connection.js'
import { toValues } from './message-rows.js'
import { memberRows } from './segment-messages.js'

// Seeks the second key (message_key, segment_key).
const selectSegmentsOf = `SELECT segment_key FROM segment_messages WHERE message_key = ? ORDER BY segment_key`
const selectSegmentId = `SELECT segment_id FROM main.conversation_segments WHERE segment_key = ?`

/** A segment's id and its first messages, in their order; undefined where it is gone. */
export function listFirstMembers(
  connection: ReadConnection,
  segmentKey: number,
  limit: number,
): { readonly segmentId: string; readonly rows: MessageRow[] } | undefined {
  const [segmentId] = connection.column<string>(selectSegmentId, [segmentKey])
  if (segmentId === undefined) return undefined
  const rows: MessageRow[] = []
  for (const row of memberRows(connection, segmentKey)) {
    const values = toValues(row)
    // Without position and contribution.
    rows.push(valuesOfMessage(values))
    if (rows.length === limit) break
  }
  return { segmentId, rows }
}

const valuesOfMessage = ([
  messageId,
  channelId,
  userId,
  content,
  timestamp,
  ...rest
]: MessageRow): MessageRow => [
  messageId,
  channelId,
  userId,
  content,
  timestamp,
  ...rest.slice(0, extraNames.length),
]

/**
 * The segment that a message is found in: one that others of the same recall are in, or the one that was made last.
 *
 * @param known the segments of the recall so far
 */
export function findSegmentOf(
  connection: ReadConnection,
  messageKey: number,
  known: Map<number, number>,
): number | undefined {
  const keys = connection.column<number>(selectSegmentsOf, [messageKey])
  const key = keys.find((segmentKey) => known.has(segmentKey)) ?? keys.at(-1)
  if (key !== undefined) known.set(key, messageKey)
  return key
}
