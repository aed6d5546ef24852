import type { ReactionCount } from '../../protocol/history-models.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'
import { answerItemsPage } from '../reading/pack-answer.js'
import { gatherPage } from '../reading/paging.js'
import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { forgotten } from './forgotten-users.js'
import { findPlace, requireMessage } from './messages.js'
import { isHistoryKept } from './message-versions.js'
import { findUserKey } from './user-keys.js'
import { ensureUser, reviveUser } from './users.js'

type ReactionRow = WireResult<'getReactions'>['items'][number]
type Imported = WireParams<'importReactions'>['reactions'][number]

// Seeks message_reactions_now, and keeps the reaction that is there.
const insertReaction = `
  INSERT INTO message_reactions (message_key, user_key, reaction, reacted_at, removed_at)
  VALUES (:messageKey, :userKey, :reaction, :reactedAt, :removedAt)
  ON CONFLICT (message_key, reaction, user_key) WHERE removed_at IS NULL DO NOTHING`
const current = `message_key = :messageKey AND reaction = :reaction AND user_key = :userKey AND removed_at IS NULL`
const deleteCurrent = `DELETE FROM message_reactions WHERE ${current}`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const removeCurrent = `
  UPDATE message_reactions SET removed_at = max(reacted_at, :removedAt)
  WHERE ${current} AND ${isWhole('message_reactions')}`
const replaceCurrent = `
  UPDATE message_reactions SET reacted_at = :reactedAt, removed_at = :removedAt
  WHERE ${current} AND (:removedAt IS NULL OR reacted_at <= :reactedAt) AND ${isWhole('message_reactions')}`
// Seeks message_reactions_by_message (message_key, reaction_key).
const selectRows = `
  SELECT reactions.reaction_key AS key, users.user_id AS userId, reactions.reaction, reactions.reacted_at AS reactedAt,
    reactions.removed_at AS removedAt
  FROM message_reactions AS reactions CROSS JOIN main.users ON users.user_key = reactions.user_key
  WHERE reactions.message_key = :messageKey AND reactions.reaction_key > :after
    AND (:withRemoved OR reactions.removed_at IS NULL)
  ORDER BY reactions.reaction_key LIMIT :limit`
// A range of message_reactions_now (message_key, reaction, user_key), whose entries hold the reaction_key, too.
const countCurrent = `
  SELECT reaction, count(*) AS count, min(reaction_key) AS firstKey FROM message_reactions
  WHERE message_key = (SELECT message_key FROM main.messages WHERE message_id = ?) AND removed_at IS NULL
  GROUP BY reaction`
const selectSame = `
  SELECT 1 FROM message_reactions
  WHERE message_key = :messageKey AND user_key = :userKey AND reaction = :reaction AND reacted_at = :reactedAt
    AND removed_at IS :removedAt`
const deleteRemoved = `DELETE FROM message_reactions WHERE message_key = ? AND removed_at IS NOT NULL`
const deleteOfUser = `DELETE FROM message_reactions WHERE user_key = ?`

/** @throws NOT_FOUND, USER_FORGOTTEN */
export function addReaction(
  connection: WriteConnection,
  { messageId, userId, reaction, reactedAt = Date.now() }: WireParams<'addReaction'>,
): number {
  const { key: messageKey } = requireMessage(connection, messageId)
  const userKey = ensureUser(connection, userId, reactedAt)
  if (userKey === undefined) throw forgotten(userId)
  if (!connection.memory.userKeys.has(userId))
    reviveUser(connection, { userKey, userId, firstSeen: reactedAt })
  return connection.run(insertReaction, { messageKey, userKey, reaction, reactedAt, removedAt: null })
}

export function deleteReaction(
  connection: WriteConnection,
  { messageId, userId, reaction }: WireParams<'deleteReaction'>,
): number {
  const message = findPlace(connection, messageId)
  const userKey = findUserKey(connection, userId)
  if (message === undefined || userKey === undefined) return 0
  const which = { messageKey: message.key, userKey, reaction }
  return isHistoryKept(connection)
    ? connection.run(removeCurrent, { ...which, removedAt: Date.now() })
    : connection.run(deleteCurrent, which)
}

export function getReactions(
  connection: ReadConnection,
  { messageId, withRemoved = false, limit = defaultLimit, cursor }: WireParams<'getReactions'>,
): WireResult<'getReactions'> | Packed {
  const start = cursor === undefined ? 0 : decodeCursor(cursor).key
  const messageKey = findPlace(connection, messageId)?.key ?? null
  const { rows, last, hasMore } = gatherPage<Omit<ReactionRow, 'messageId'> & { key: number }, ReactionRow>({
    limit,
    find: (previous, count) =>
      connection.all(selectRows, {
        messageKey,
        after: previous?.key ?? start,
        withRemoved: withRemoved ? 1 : 0,
        limit: count,
      }),
    load: ({ userId, reaction, reactedAt, removedAt }) => ({
      messageId,
      userId,
      reaction,
      reactedAt,
      removedAt,
    }),
    lengthOf: ({ userId, reaction }) => messageId.length + userId.length + reaction.length,
  })
  return answerItemsPage(
    rows,
    hasMore && last !== undefined ? encodeCursor({ value: 0, key: last.key }) : null,
  )
}

/** As many kinds are shown with a message. */
const maxShownReactions = 100

/** The reactions that stand, the first one first. */
export const countReactions = (connection: ReadConnection, messageId: string): ReactionCount[] =>
  connection
    .all<ReactionCount & { readonly firstKey: number }>(countCurrent, [messageId])
    .toSorted((one, other) => one.firstKey - other.firstKey)
    .slice(0, maxShownReactions)
    .map(({ reaction, count }) => ({ reaction, count }))

/**
 * Those of an export, in its order, once their messages are there; the same ones again change nothing. One that stands here takes the
 * time that the export says, and one that was taken back since the export before stands no longer, also where only one that came behind it
 * is left to tell.
 *
 * @throws NOT_FOUND, USER_FORGOTTEN
 */
export function importReactions(
  connection: WriteConnection,
  { reactions }: WireParams<'importReactions'>,
): number {
  return reactions.reduce((count, reaction) => count + importReaction(connection, reaction), 0)
}

function importReaction(
  connection: WriteConnection,
  { ownerId, userId, reaction, reactedAt, removedAt = null }: Imported,
): number {
  const { key: messageKey } = requireMessage(connection, ownerId)
  const userKey = ensureUser(connection, userId, reactedAt)
  if (userKey === undefined) throw forgotten(userId)
  const row = { messageKey, userKey, reaction, reactedAt, removedAt }
  if (connection.get(selectSame, row) !== undefined) return 0
  const replaced = connection.run(replaceCurrent, row)
  return replaced > 0 ? replaced : connection.run(insertReaction, row)
}

export const deleteRemovedReactions = (connection: WriteConnection, messageKey: number): number =>
  connection.run(deleteRemoved, [messageKey])

export const deleteReactionsOfUser = (connection: WriteConnection, userKey: number): number =>
  connection.run(deleteOfUser, [userKey])
