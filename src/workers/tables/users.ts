import { ConvoDbError } from '../../protocol/errors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection.js'
import { decodeCursor, encodeCursor } from '../cursor.js'
import type { Activity } from '../writer-memory.js'
import { indexDisplayName, foldName, longestSuffix } from './user-name-suffixes.js'

type UserRow = NonNullable<WireResult<'getUser'>>

const columns = `
  user_id AS userId, display_name AS displayName, metadata, first_seen AS firstSeen, last_active AS lastActive,
  message_count AS messageCount`

const selectKey = `SELECT user_key AS userKey FROM users WHERE user_id = ?`
const selectUser = `SELECT ${columns} FROM users WHERE user_id = ? AND deleted_at IS NULL`
const insertUser = `
  INSERT INTO users (user_id, first_seen) VALUES (:userId, :firstSeen)`
const updateUser = `
  UPDATE users SET
    display_name = :displayName, folded_name = :foldedName, metadata = :metadata, first_seen = :firstSeen,
    last_active = :lastActive, deleted_at = NULL
  WHERE user_key = :userKey`
// A range of the suffixes' key; a name that holds the text twice is found once. One place a user: (0, key).
const searchNames = `
  SELECT ${columns} FROM users
  WHERE user_key IN (SELECT user_key FROM user_name_suffixes WHERE suffix >= :from AND suffix < :to)
    AND user_key > :afterKey AND instr(folded_name, :text) > 0
  ORDER BY user_key LIMIT :limit`
// The row stays: messages name it, and deleting it would search all messages for one that does.
const clearRecord = `
  UPDATE users SET
    display_name = NULL, folded_name = NULL, metadata = NULL, last_active = NULL, deleted_at = :deletedAt
  WHERE user_id = :userId AND deleted_at IS NULL`
const deleteProfile = `DELETE FROM user_profiles WHERE user_key = ?`

const addActivity = `
  UPDATE users SET
    message_count = message_count + :count,
    last_active = max(coalesce(last_active, :latest), :latest),
    first_seen = iif(deleted_at IS NULL, min(first_seen, :earliest), :earliest),
    deleted_at = NULL
  WHERE user_key = :userKey`

export function findUserKey(connection: ReadConnection, userId: string): number | undefined {
  return connection.get<{ userKey: number }>(selectKey, [userId])?.userKey
}

/** The user's key; a user comes into being with the first message or activity. */
export function ensureUser(connection: WriteConnection, userId: string, firstSeen: number): number {
  const { userKeys } = connection.memory
  const known = userKeys.get(userId)
  if (known !== undefined) return known
  const key = findUserKey(connection, userId) ?? connection.insert(insertUser, { userId, firstSeen })
  userKeys.set(userId, key)
  return key
}

export function addUserActivity(connection: WriteConnection, userKey: number, activity: Activity): void {
  connection.run(addActivity, { userKey, ...activity })
}

/** Creates the user or changes the fields that are given; a deleted user starts anew. */
function saveUser(
  connection: WriteConnection,
  userId: string,
  changes: Partial<Pick<UserRow, 'displayName' | 'metadata' | 'firstSeen' | 'lastActive'>>,
): UserRow {
  const current = getUser(connection, { userId })
  const firstSeen = changes.firstSeen ?? current?.firstSeen ?? changes.lastActive ?? Date.now()
  const displayName = changes.displayName === undefined ? (current?.displayName ?? null) : changes.displayName
  const userKey = ensureUser(connection, userId, firstSeen)
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
  return connection.get<UserRow>(selectUser, [userId])
}

export function getUsers(connection: ReadConnection, { userIds }: WireParams<'getUsers'>): UserRow[] {
  return userIds.flatMap((userId) => getUser(connection, { userId }) ?? [])
}

export function searchByDisplayName(
  connection: ReadConnection,
  { query, limit = defaultLimit, cursor }: WireParams<'searchByDisplayName'>,
): WireResult<'searchByDisplayName'> {
  const text = foldName(query)
  const from = longestSuffix(text)
  const found = connection.all<UserRow>(searchNames, {
    from,
    // U+10FFFF sorts after every other character in UTF-8, so this is the end of all that starts with `from`.
    to: `${from}\u{10FFFF}`,
    text,
    afterKey: cursor === undefined ? 0 : decodeCursor(cursor).key,
    limit: limit + 1,
  })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const key = last && findUserKey(connection, last.userId)
  const hasMore = found.length > limit && key !== undefined
  return { items, nextCursor: hasMore ? encodeCursor({ value: 0, key }) : null }
}

export function deleteUser(connection: WriteConnection, { userId }: WireParams<'deleteUser'>): boolean {
  const userKey = findUserKey(connection, userId)
  if (userKey === undefined) return false
  if (connection.run(clearRecord, { userId, deletedAt: Date.now() }) === 0) return false
  connection.run(deleteProfile, [userKey])
  indexDisplayName(connection, userKey, null)
  return true
}
