import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { crypto } from '../../protocol/crypto.js'
import { forgetAnswers } from './idempotency-keys.js'
import { recordForgotten } from './changes.js'
import { deleteReactionsOfUser } from './message-reactions.js'
import { listMessageKeys } from './user-keys.js'
import { findUserKey, listUserIds } from './user-keys.js'
import { indexDisplayName } from './user-name-suffixes.js'

const selectTombstone = `SELECT forgotten_at AS forgottenAt FROM forgotten_users WHERE user_hash = ?`
const insertTombstone = `
  INSERT INTO forgotten_users (user_hash, forgotten_at) VALUES (:userHash, :forgottenAt)
  ON CONFLICT (user_hash) DO UPDATE SET forgotten_at = :forgottenAt`
const addTombstone = `
  INSERT INTO forgotten_users (user_hash, forgotten_at) VALUES (:userHash, :forgottenAt)
  ON CONFLICT (user_hash) DO NOTHING`
const moveTombstone = `
  UPDATE forgotten_users SET forgotten_at = :forgottenAt WHERE user_hash = :userHash AND forgotten_at < :forgottenAt`
const deleteTombstone = `DELETE FROM forgotten_users WHERE user_hash = ?`
const deleteProfile = `DELETE FROM user_profiles WHERE user_key = ?`
const deleteUserRow = `DELETE FROM users WHERE user_key = ?`
const deleteMessage = `DELETE FROM messages WHERE message_key = ?`
// Seeks embeddings_by_message and the unique key (message_key, segment_key).
const countEmbeddings = `SELECT count(*) AS count FROM embeddings WHERE message_key = ?`
const countMemberships = `SELECT count(*) AS count FROM segment_messages WHERE message_key = ?`

/** SHA-256, so that the id itself is gone. */
export const hashOfUser = (userId: string): Uint8Array =>
  crypto().createHash('sha256').update(userId, 'utf8').digest()

/** Whether `forgetUser` has put up a tombstone. */
export const isForgotten = (connection: ReadConnection, userId: string): boolean =>
  connection.get(selectTombstone, [hashOfUser(userId)]) !== undefined

export const forgotten = (userId: string): ConvoDbError =>
  new ConvoDbError(
    'USER_FORGOTTEN',
    `User '${userId}' was forgotten and can not come back; forgetUser with mayReturn lifts that`,
    { userId },
  )

type Receipt = WireResult<'forgetUser'>
type Traces = Pick<
  Receipt,
  'messages' | 'reactions' | 'embeddings' | 'segmentMemberships' | 'profiles' | 'searchEntries'
>

const noTraces: Traces = {
  messages: 0,
  reactions: 0,
  embeddings: 0,
  segmentMemberships: 0,
  profiles: 0,
  searchEntries: 0,
}

export function forgetUser(
  connection: WriteConnection,
  { userId, mayReturn = false }: WireParams<'forgetUser'>,
): Receipt {
  const userHash = hashOfUser(userId)
  const forgottenAt = Date.now()
  const userKey = findUserKey(connection, userId)
  const traces = userKey === undefined ? noTraces : deleteTraces(connection, userKey, userHash)
  connection.memory.userKeys.delete(userId)
  forgetAnswers(connection)
  if (mayReturn) connection.run(deleteTombstone, [userHash])
  else connection.run(insertTombstone, { userHash, forgottenAt })
  return { userId, wasKnown: userKey !== undefined, forgottenAt, ...traces }
}

/** Leaves tombstones of which only the hashes are known, and deletes whoever they are of. */
export function importForgottenUsers(
  connection: WriteConnection,
  { users }: WireParams<'importForgottenUsers'>,
): number {
  const added = new Set<string>()
  for (const { userHash, forgottenAt } of users) {
    const tombstone = { userHash: Buffer.from(userHash, 'hex'), forgottenAt }
    if (connection.run(addTombstone, tombstone) > 0) added.add(userHash)
    // Who was forgotten twice was so at the later time.
    else connection.run(moveTombstone, tombstone)
  }
  // Of those who were forgotten before there is nothing left to take away.
  if (added.size === 0) return users.length
  forgetAnswers(connection)
  for (const { userKey, userId } of listUserIds(connection)) {
    if (!added.has(Buffer.from(hashOfUser(userId)).toString('hex'))) continue
    deleteTraces(connection, userKey, hashOfUser(userId))
    connection.memory.userKeys.delete(userId)
  }
  return users.length
}

/** Everything of a user, in every table. Embeddings and memberships go with their messages: foreign keys cascade. */
function deleteTraces(connection: WriteConnection, userKey: number, userHash: Uint8Array): Traces {
  recordForgotten(connection, userKey, userHash)
  const keys = listMessageKeys(connection, userKey)
  const count = (sql: string, key: number): number =>
    connection.get<{ count: number }>(sql, [key])?.count ?? 0
  let embeddings = 0
  let segmentMemberships = 0
  for (const key of keys) {
    embeddings += count(countEmbeddings, key)
    segmentMemberships += count(countMemberships, key)
    connection.run(deleteMessage, [key])
  }
  const searchEntries = indexDisplayName(connection, userKey, null)
  const profiles = connection.run(deleteProfile, [userKey])
  const reactions = deleteReactionsOfUser(connection, userKey)
  connection.run(deleteUserRow, [userKey])
  return { messages: keys.length, reactions, embeddings, segmentMemberships, profiles, searchEntries }
}
