import { ConvoDbError } from '../../protocol/errors.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { insertMovedEmbeddings, readEmbeddings } from './moved-embeddings.js'
import { insertRows, prepareRows, type CurrentMessage, type KeyedMessage } from './message-values.js'
import { keepVersions } from './message-versions.js'

const selectMembership = `
  SELECT segments.segment_id AS "segmentId" FROM segment_messages AS members
  JOIN conversation_segments AS segments
    ON segments.channel_id = members.channel_id AND segments.segment_key = members.segment_key
  WHERE members.message_key = $1 AND members.channel_id = $2 AND segments.channel_id = $2 LIMIT 1`
const deleteRow = `DELETE FROM messages WHERE message_key = $1 AND channel_id = $2`
const updatePlace = `UPDATE message_places SET channel_id = $2 WHERE message_id = $1`

/**
 * What goes with a message, by its key, beside its embeddings; it is read before the row is deleted, and written again behind it. A
 * value that is an id was read whole, and is kept as ids are.
 */
const companions = [
  {
    ids: [1, 2],
    select: `
      SELECT reaction_key, user_id, reaction, reacted_at, removed_at FROM message_reactions
      WHERE message_key = $1 AND channel_id = $2`,
    insert: `
      INSERT INTO message_reactions (channel_id, message_key, reaction_key, user_id, reaction, reacted_at, removed_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
  },
  {
    ids: [],
    select: `
      SELECT version_key, content, edited_at, replaced_at FROM message_versions
      WHERE message_key = $1 AND channel_id = $2`,
    insert: `
      INSERT INTO message_versions (channel_id, message_key, version_key, content, edited_at, replaced_at)
      VALUES ($1, $2, $3, $4, $5, $6)`,
  },
] as const

type Companion = readonly (string | number | null)[]

const toBind = (session: Session, values: Companion, ids: readonly number[]): Value[] =>
  values.map((value, at) => (typeof value === 'string' && ids.includes(at) ? session.newId(value) : value))

/** Takes a message to another channel, under its key. @throws CONFLICT where it is in a segment: members share its channel */
export async function moveMessage(
  session: Session,
  keyed: KeyedMessage,
  before: CurrentMessage,
): Promise<void> {
  const { message, messageKey } = keyed
  const { messageId } = message
  const from = [messageKey, session.id(before.channelId)] as const
  const membership = await session.get<{ segmentId: string }>(selectMembership, from)
  if (membership !== undefined) {
    const { segmentId } = membership
    throw new ConvoDbError(
      'CONFLICT',
      `Message '${messageId}' is in segment '${segmentId}' of another channel; it can not change channels`,
      { messageId, segmentId },
    )
  }
  await keepVersions(session, [{ ...keyed, before }])
  const embeddings = await readEmbeddings(session, from)
  const kept: Companion[][] = []
  for (const { select } of companions) kept.push(await session.lists<Companion>(select, from))
  await session.run(deleteRow, from)
  insertRows(session, [keyed], prepareRows(session, [keyed]))
  const to = [session.newId(message.channelId), messageKey] as const
  await insertMovedEmbeddings(session, to, embeddings)
  for (const [index, { ids, insert }] of companions.entries())
    for (const values of kept[index] ?? [])
      await session.run(insert, [...to, ...toBind(session, values, ids)])
  await session.run(updatePlace, [session.id(messageId), session.newId(message.channelId)])
}
