import { ConvoDbError } from '../../protocol/errors.js'
import { foldName } from '../../protocol/fold-name.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { gatherPage } from '../reading/paging.js'
import { answerItems, answerItemsPage } from '../reading/pack-answer.js'
import { isWhole } from '../connection/row-checks.js'
import { forgotten, isForgotten } from './forgotten-users.js'
import { findUser, findUserKey } from './user-keys.js'
import { forgetAnswers } from './idempotency-keys.js'
import { indexDisplayName, longestSuffix } from './user-name-suffixes.js'

export type UserRow = NonNullable<WireResult<'getUser'>>

export type KeyedRow = UserRow & { readonly userKey: number }

export const userColumns = `
  user_key AS userKey, user_id AS userId, display_name AS displayName, metadata, first_seen AS firstSeen, last_active AS lastActive,
  message_count AS messageCount`

const selectUser = `SELECT ${userColumns} FROM users WHERE user_id = ? AND deleted_at IS NULL`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const checkById = `SELECT 1 FROM users WHERE user_id = ? AND ${isWhole('users')}`
const insertUser = `
  INSERT INTO users (user_id, first_seen) VALUES (:userId, :firstSeen)`
const updateUser = `
  UPDATE users SET
    display_name = :displayName, folded_name = :foldedName, metadata = :metadata, first_seen = :firstSeen,
    last_active = :lastActive, deleted_at = NULL
  WHERE user_key = :userKey`
// A range of the suffixes' key; a name that holds the text twice is found once. One place a user: (0, key).
const searchNames = `
  SELECT ${userColumns} FROM users
  WHERE user_key IN (SELECT user_key FROM user_name_suffixes WHERE suffix >= :from AND suffix < CAST(:end AS TEXT))
    AND user_key > :afterKey AND instr(folded_name, :text) > 0
  ORDER BY user_key LIMIT :limit`
// The row stays: messages name it, and deleting it would search all messages for one that does.
const clearRecord = `
  UPDATE users SET
    display_name = NULL, folded_name = NULL, metadata = NULL, last_active = NULL, deleted_at = :deletedAt
  WHERE user_id = :userId AND deleted_at IS NULL`
const deleteProfile = `DELETE FROM user_profiles WHERE user_key = ?`

const selectNames = `
  SELECT user_key AS userKey, display_name AS displayName, folded_name AS foldedName FROM users
  WHERE user_key > ? AND display_name IS NOT NULL ORDER BY user_key LIMIT ?`
// A row whose checksum was wrong keeps it, so that it goes on telling.
const updateFoldedName = `
  UPDATE users SET
    folded_name = :foldedName,
    checksum = iif(
      checksum IS row_checksum(user_id, display_name, folded_name, metadata),
      row_checksum(user_id, display_name, :foldedName, metadata),
      checksum
    )
  WHERE user_key = :userKey`

const revive = `UPDATE users SET first_seen = :firstSeen, deleted_at = NULL WHERE user_key = :userKey`

/**
 * The user's key; a user comes into being with the first message or activity, unless they were forgotten. Keys of deleted
 * users are not remembered, so that whoever stores a message of theirs notices.
 */
export function ensureUser(
  connection: WriteConnection,
  userId: string,
  firstSeen: number,
): number | undefined {
  const { userKeys } = connection.memory
  const known = userKeys.get(userId)
  if (known !== undefined) return known
  const user = findUser(connection, userId)
  if (user !== undefined) {
    if (user.deletedAt === null) userKeys.set(userId, user.userKey)
    return user.userKey
  }
  if (isForgotten(connection, userId)) return undefined
  const userKey = connection.insert(insertUser, { userId, firstSeen })
  userKeys.set(userId, userKey)
  return userKey
}

/** A deleted user starts anew with a new message. */
export function reviveUser(
  connection: WriteConnection,
  { userId, userKey, firstSeen }: { userId: string; userKey: number; firstSeen: number },
): void {
  connection.run(revive, { userKey, firstSeen })
  connection.memory.userKeys.set(userId, userKey)
}

/** The row as callers see it: with the messages that are not indexed yet. */
export function withUnindexed(connection: ReadConnection, { userKey, ...row }: KeyedRow): UserRow {
  const activity = connection.unindexed.userActivity(userKey)
  if (activity === undefined) return row
  const { count, earliest, latest } = activity
  return {
    ...row,
    messageCount: row.messageCount + count,
    firstSeen: Math.min(row.firstSeen, earliest),
    lastActive: Math.max(row.lastActive ?? latest, latest),
  }
}

/** Creates the user or changes the fields that are given; a deleted user starts anew. @throws USER_FORGOTTEN */
function saveUser(
  connection: WriteConnection,
  userId: string,
  changes: Partial<Pick<UserRow, 'displayName' | 'metadata' | 'firstSeen' | 'lastActive'>>,
): UserRow {
  connection.get(checkById, [userId])
  const current = getUser(connection, { userId })
  const firstSeen = changes.firstSeen ?? current?.firstSeen ?? changes.lastActive ?? Date.now()
  const displayName = changes.displayName === undefined ? (current?.displayName ?? null) : changes.displayName
  const userKey = ensureUser(connection, userId, firstSeen)
  if (userKey === undefined) throw forgotten(userId)
  connection.run(updateUser, {
    userKey,
    displayName,
    foldedName: displayName === null ? null : foldName(displayName),
    metadata: changes.metadata === undefined ? (current?.metadata ?? null) : changes.metadata,
    firstSeen,
    lastActive: changes.lastActive ?? current?.lastActive ?? null,
  })
  if (displayName !== current?.displayName) indexDisplayName(connection, userKey, displayName)
  const saved = getUser(connection, { userId })
  if (saved === undefined) throw new ConvoDbError('INTERNAL', `User '${userId}' is gone after it was saved`)
  return saved
}

/** Makes sure that the user exists and counts as known. */
export function recordUser(connection: WriteConnection, userId: string): void {
  if (getUser(connection, { userId }) === undefined) saveUser(connection, userId, {})
}

export function upsertUser(
  connection: WriteConnection,
  { userId, displayName, metadata, firstSeen }: WireParams<'upsertUser'>,
): UserRow {
  return saveUser(connection, userId, {
    ...(displayName !== undefined && { displayName }),
    ...(metadata !== undefined && { metadata }),
    ...(firstSeen !== undefined && { firstSeen }),
  })
}

export function recordActivity(
  connection: WriteConnection,
  { userId, timestamp = Date.now() }: WireParams<'recordActivity'>,
): UserRow {
  const current = getUser(connection, { userId })
  return saveUser(connection, userId, {
    firstSeen: Math.min(current?.firstSeen ?? timestamp, timestamp),
    lastActive: Math.max(current?.lastActive ?? timestamp, timestamp),
  })
}

export function getUser(connection: ReadConnection, { userId }: WireParams<'getUser'>): UserRow | undefined {
  const row = connection.get<KeyedRow>(selectUser, [userId])
  return row && withUnindexed(connection, row)
}

export function getUsers(
  connection: ReadConnection,
  { userIds }: WireParams<'getUsers'>,
): UserRow[] | Packed {
  return answerItems(usersById(connection, userIds))
}

function* usersById(connection: ReadConnection, userIds: readonly string[]): Generator<UserRow> {
  for (const userId of userIds) {
    const user = getUser(connection, { userId })
    if (user !== undefined) yield user
  }
}

export function searchByDisplayName(
  connection: ReadConnection,
  { query, limit = defaultLimit, cursor }: WireParams<'searchByDisplayName'>,
): WireResult<'searchByDisplayName'> | Packed {
  const text = foldName(query)
  const from = longestSuffix(text)
  const end = endOfPrefix(from)
  const start = cursor === undefined ? 0 : decodeCursor(cursor).key
  const { rows, last, hasMore } = gatherPage<KeyedRow, UserRow>({
    limit,
    find: (previous, count) =>
      connection.all<KeyedRow>(searchNames, {
        from,
        end,
        text,
        afterKey: previous?.userKey ?? start,
        limit: count,
      }),
    load: (row) => withUnindexed(connection, row),
    lengthOf: ({ displayName, metadata }) => (displayName?.length ?? 0) + (metadata?.length ?? 0),
  })
  const isLast = !hasMore || last === undefined
  return answerItemsPage(rows, isLast ? null : encodeCursor({ value: 0, key: last.userKey }))
}

/** Sorts behind every text that starts with `prefix`: no byte of UTF-8 is 0xFF. */
const endOfPrefix = (prefix: string): Uint8Array => Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)])

export function deleteUser(connection: WriteConnection, { userId }: WireParams<'deleteUser'>): boolean {
  const userKey = findUserKey(connection, userId)
  if (userKey === undefined) return false
  if (connection.run(clearRecord, { userId, deletedAt: Date.now() }) === 0) return false
  connection.memory.userKeys.delete(userId)
  connection.run(deleteProfile, [userKey])
  indexDisplayName(connection, userKey, null)
  forgetAnswers(connection)
  return true
}

interface UserName {
  readonly userKey: number
  readonly displayName: string
  readonly foldedName: string | null
}

/** Users who have a display name, by key. */
export const listDisplayNames = (connection: ReadConnection, afterKey: number, limit: number): UserName[] =>
  connection.all<UserName>(selectNames, [afterKey, limit])

/** Changes nothing else of the row; checksums must not be kept by triggers meanwhile. */
export function saveFoldedName(connection: WriteConnection, userKey: number, foldedName: string): void {
  connection.run(updateFoldedName, { userKey, foldedName })
}
