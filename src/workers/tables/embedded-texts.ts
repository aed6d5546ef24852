import { maxSegmentTextLength } from '../../protocol/limits.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireResult } from '../../protocol/operations.js'
import { endOfWhole } from '../../protocol/whole-text.js'
import type { ReadConnection } from '../connection/connection.js'

/** A message or a segment as it is embedded. */
export type EmbeddedText = WireResult<'leaseEmbeddings'>['items'][number]

// Each seeks the primary key.
const selectMessage = `
  SELECT messages.message_id AS ownerId, channels.channel_id AS channelId, messages.timestamp, messages.content AS text
  FROM messages CROSS JOIN channels ON channels.channel_key = messages.channel_key
  WHERE messages.message_key = ?`
const selectSegment = `
  SELECT segments.segment_id AS ownerId, channels.channel_id AS channelId, segments.start_time AS timestamp,
    coalesce(segments.summary, '') AS text
  FROM conversation_segments AS segments CROSS JOIN channels ON channels.channel_key = segments.channel_key
  WHERE segments.segment_key = ?`
// In their order, by the primary key (segment_key, position, message_key), from behind a place.
const selectMembers = `
  SELECT members.position, members.message_key AS key, substr(messages.content, 1, :room) AS text
  FROM segment_messages AS members CROSS JOIN messages ON messages.message_key = members.message_key
  WHERE members.segment_key = :segmentKey AND (members.position, members.message_key) > (:position, :key)
  ORDER BY members.position, members.message_key LIMIT 100`

interface Member {
  readonly position: number
  readonly key: number
  readonly text: string
}

/** Undefined where there is none any more. */
export function findEmbeddedText(
  connection: ReadConnection,
  owner: EmbeddingOwner,
  ownerKey: number,
): EmbeddedText | undefined {
  if (owner === 'message') return connection.get<EmbeddedText>(selectMessage, [ownerKey])
  const segment = connection.get<EmbeddedText>(selectSegment, [ownerKey])
  return segment === undefined || segment.text !== ''
    ? segment
    : { ...segment, text: textOfMembers(connection, ownerKey) }
}

/** What its members say, a line each, as long as the longest that models take. */
function textOfMembers(connection: ReadConnection, segmentKey: number): string {
  let text = ''
  let last = { position: -1, key: 0 }
  while (text.length < maxSegmentTextLength) {
    const room = maxSegmentTextLength - text.length
    const members = connection.all<Member>(selectMembers, { segmentKey, room, ...last })
    const end = members.at(-1)
    if (end === undefined) break
    text += members.map((member) => `${member.text}\n`).join('')
    last = { position: end.position, key: end.key }
  }
  return endOfWhole(text.slice(0, maxSegmentTextLength)).trimEnd()
}
