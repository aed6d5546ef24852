import { maxLeasedLength, maxSegmentTextLength } from '../../protocol/limits.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireResult } from '../../protocol/operations.js'
import { endOfWhole } from '../../protocol/whole-text.js'
import type { Session } from '../connection/session.js'

/** A message or a segment as it is embedded. */
export type EmbeddedText = WireResult<'leaseEmbeddings'>['items'][number]

// Each by its key, on whichever node it is.
const selectMessages = `
  /* all nodes */ SELECT message_key AS key, message_id AS "ownerId", channel_id AS "channelId", timestamp, content AS text FROM messages
  WHERE message_key = ANY ($1::bigint[])`
const selectLengths = `
  /* all nodes */ SELECT message_key AS key, char_length(content) AS length FROM messages WHERE message_key = ANY ($1::bigint[])`
const selectSegment = `
  /* all nodes */ SELECT segment_id AS "ownerId", channel_id AS "channelId", start_time AS timestamp, coalesce(summary, '') AS text
  FROM conversation_segments WHERE segment_key = $1`
// In their order, by segment_messages_by_position, from behind a place.
const selectMembers = `
  SELECT members.position, members.message_key AS key, left(messages.content, $5) AS text
  FROM segment_messages AS members
  JOIN messages ON messages.message_key = members.message_key AND messages.channel_id = members.channel_id
  WHERE members.channel_id = $1 AND messages.channel_id = $1 AND members.segment_key = $2
    AND (members.position, members.message_key) > ($3::bigint, $4::bigint)
  ORDER BY members.position, members.message_key LIMIT 100`

interface Member {
  readonly position: number
  readonly key: number
  readonly text: string
}

/**
 * The first ones of messages that may fit into one answer. How long a text is exactly is known when it is read; it is not shorter than half of
 * its characters as they are kept (src/postgres/connection/text.ts).
 */
export async function firstThatMayFit(session: Session, keys: readonly number[]): Promise<number> {
  const rows = await session.all<{ key: number; length: number }>(selectLengths, [keys])
  const lengths = new Map(rows.map(({ key, length }) => [key, Math.ceil(length / 2)]))
  let sum = 0
  const end = keys.findIndex((key, index) => {
    sum += lengths.get(key) ?? 0
    return index > 0 && sum > maxLeasedLength
  })
  return end === -1 ? keys.length : end
}

/** Their texts in this order, undefined for what is gone. Segments are read one after another, as far as somebody asks. */
export async function* readTexts(
  session: Session,
  owner: EmbeddingOwner,
  keys: readonly number[],
): AsyncGenerator<readonly [number, EmbeddedText | undefined]> {
  if (owner === 'segment') {
    for (const key of keys) yield [key, await findSegmentText(session, key)]
    return
  }
  const rows = await session.all<EmbeddedText & { key: number }>(selectMessages, [keys])
  const found = new Map(rows.map(({ key, ...text }) => [key, text]))
  for (const key of keys) yield [key, found.get(key)]
}

async function findSegmentText(session: Session, segmentKey: number): Promise<EmbeddedText | undefined> {
  const segment = await session.get<EmbeddedText>(selectSegment, [segmentKey])
  return segment === undefined || segment.text !== ''
    ? segment
    : { ...segment, text: await textOfMembers(session, segment.channelId, segmentKey) }
}

/** What its members say, a line each, as long as the longest that models take. */
async function textOfMembers(session: Session, channelId: string, segmentKey: number): Promise<string> {
  let text = ''
  let [position, key] = [-1, 0]
  while (text.length < maxSegmentTextLength) {
    // Twice as much: some characters are kept as two, and what is cut between those stands behind the end.
    const room = 2 * (maxSegmentTextLength - text.length) + 1
    const values = [session.id(channelId), segmentKey, position, key, room]
    const members = await session.all<Member>(selectMembers, values)
    const last = members.at(-1)
    if (last === undefined) break
    text += members.map((member) => `${member.text}\n`).join('')
    position = last.position
    key = last.key
  }
  return endOfWhole(text.slice(0, maxSegmentTextLength)).trimEnd()
}
