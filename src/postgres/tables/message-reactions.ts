import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { gatherPage } from '../reading/paging.js'
import { forgetAnswers } from './idempotency-keys.js'
import { findPlace, requirePlace } from './message-places.js'
import { isHistoryKept } from './message-versions.js'
import { assertNotForgotten } from './users.js'

type ReactionRow = WireResult<'getReactions'>['items'][number]

// Keeps the reaction that is there.
const insertReaction = `
  INSERT INTO message_reactions (channel_id, message_key, user_id, reaction, reacted_at, removed_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (message_key, reaction, user_id, channel_id) WHERE removed_at IS NULL DO NOTHING`
// Of an export, where a deleted user's reactions are among the others.
const addUser = `
  INSERT INTO users (user_id, first_seen) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING`
const ensureUser = `
  INSERT INTO users AS u (user_id, first_seen) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET first_seen = excluded.first_seen, deleted_at = NULL WHERE u.deleted_at IS NOT NULL`
const current = `channel_id = $1 AND message_key = $2 AND user_id = $3 AND reaction = $4 AND removed_at IS NULL`
const deleteCurrent = `DELETE FROM message_reactions WHERE ${current}`
const removeCurrent = `UPDATE message_reactions SET removed_at = greatest(reacted_at, $5) WHERE ${current}`
const replaceCurrent = `
  UPDATE message_reactions SET reacted_at = $5, removed_at = $6
  WHERE ${current} AND ($6::bigint IS NULL OR reacted_at <= $5)`
// Seeks the primary key (message_key, reaction_key, channel_id).
const selectPage = `
  SELECT reaction_key AS "reactionKey", user_id AS "userId", reaction, reacted_at AS "reactedAt", removed_at AS "removedAt"
  FROM message_reactions
  WHERE message_key = $1 AND channel_id = $2 AND reaction_key > $3 AND ($4::boolean OR removed_at IS NULL)
  ORDER BY reaction_key LIMIT $5`
const selectSame = `
  SELECT 1 FROM message_reactions
  WHERE channel_id = $1 AND message_key = $2 AND user_id = $3 AND reaction = $4 AND reacted_at = $5
    AND removed_at IS NOT DISTINCT FROM $6`
const deleteRemoved = `
  DELETE FROM message_reactions WHERE message_key = $1 AND channel_id = $2 AND removed_at IS NOT NULL`

/** @throws NOT_FOUND, USER_FORGOTTEN */
export async function addReaction(
  session: Session,
  { messageId, userId, reaction, reactedAt = Date.now() }: WireParams<'addReaction'>,
): Promise<number> {
  const { channelId, messageKey } = await requirePlace(session, messageId, { lock: true })
  await assertNotForgotten(session, userId)
  await session.run(ensureUser, [session.newId(userId), reactedAt])
  const added = await session.run(insertReaction, [
    session.newId(channelId),
    messageKey,
    session.newId(userId),
    session.newId(reaction),
    reactedAt,
    null,
  ])
  if (added > 0) session.changes.add({ kind: 'messageUpdated', messageKey })
  return added
}

export async function deleteReaction(
  session: Session,
  { messageId, userId, reaction }: WireParams<'deleteReaction'>,
): Promise<number> {
  const place = await findPlace(session, messageId)
  if (place === undefined) return 0
  const which = [session.id(place.channelId), place.messageKey, session.id(userId), session.id(reaction)]
  const isKept = await isHistoryKept(session)
  const count = isKept
    ? await session.run(removeCurrent, [...which, Date.now()])
    : await session.run(deleteCurrent, which)
  if (count > 0) session.changes.add({ kind: 'messageUpdated', messageKey: place.messageKey })
  if (count > 0 && !isKept) await forgetAnswers(session)
  return count
}

export async function getReactions(
  session: Session,
  { messageId, withRemoved = false, limit = defaultLimit, cursor }: WireParams<'getReactions'>,
): Promise<WireResult<'getReactions'>> {
  const start = cursor === undefined ? 0 : decodeCursor(cursor).key
  const place = await findPlace(session, messageId)
  if (place === undefined) return { items: [], nextCursor: null }
  const of = [place.messageKey, session.id(place.channelId)] as const
  const { rows, last } = await gatherPage<Omit<ReactionRow, 'messageId'> & { reactionKey: number }>({
    limit,
    find: (previous, count) =>
      session.all(selectPage, [...of, previous?.reactionKey ?? start, withRemoved, count]),
    lengthOf: ({ userId, reaction }) => messageId.length + userId.length + reaction.length,
  })
  return {
    items: rows.map((found) => {
      const { reactionKey: _, ...row } = found
      return { messageId, ...row }
    }),
    nextCursor: last === undefined ? null : encodeCursor({ value: 0, key: last.reactionKey }),
  }
}

/**
 * Those of an export, in its order, once their messages are there; the same ones again change nothing. One that stands here takes the
 * time that the export says, and one that was taken back since the export before stands no longer, also where only one that came behind it
 * is left to tell.
 *
 * @throws NOT_FOUND, USER_FORGOTTEN
 */
export async function importReactions(
  session: Session,
  { reactions }: WireParams<'importReactions'>,
): Promise<number> {
  let count = 0
  for (const { ownerId, userId, reaction, reactedAt, removedAt = null } of reactions) {
    const { channelId, messageKey } = await requirePlace(session, ownerId)
    await assertNotForgotten(session, userId)
    await session.run(addUser, [session.newId(userId), reactedAt])
    const values = [
      session.newId(channelId),
      messageKey,
      session.newId(userId),
      session.newId(reaction),
      reactedAt,
      removedAt,
    ]
    if ((await session.get(selectSame, values)) !== undefined) continue
    const replaced = await session.run(replaceCurrent, values)
    const added = replaced > 0 ? replaced : await session.run(insertReaction, values)
    if (replaced > 0 || (added > 0 && removedAt === null))
      session.changes.add({ kind: 'messageUpdated', messageKey })
    count += added
  }
  return count
}

export const deleteRemovedReactions = (
  session: Session,
  messageKey: number,
  channelId: string,
): Promise<number> => session.run(deleteRemoved, [messageKey, session.id(channelId)])
