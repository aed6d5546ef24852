import { ConvoDbError } from '../../protocol/errors.js'
import { foldName } from '../../protocol/fold-name.js'
import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { gatherPage } from '../reading/paging.js'
import { findForgotten, forgotten } from './forgotten-users.js'
import { forgetAnswers } from './idempotency-keys.js'

export type UserRow = NonNullable<WireResult<'getUser'>>
export type KeyedUser = UserRow & { readonly userKey: number }

export const userColumns = `
  user_id AS "userId", display_name AS "displayName", metadata, first_seen AS "firstSeen", last_active AS "lastActive",
  message_count AS "messageCount"`
const selectUser = `SELECT ${userColumns} FROM users WHERE user_id = $1 AND deleted_at IS NULL`
const selectUsers = `SELECT ${userColumns} FROM users WHERE user_id = ANY ($1::text[]) AND deleted_at IS NULL`
const lockUser = `SELECT 1 FROM users WHERE user_id = $1 FOR UPDATE`
const saveUserRow = `
  INSERT INTO users (user_id, display_name, folded_name, metadata, first_seen, last_active) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (user_id) DO UPDATE SET
    display_name = excluded.display_name, folded_name = excluded.folded_name, metadata = excluded.metadata,
    first_seen = excluded.first_seen, last_active = excluded.last_active, deleted_at = NULL`
// The trigram index finds names that hold the text; of less than three characters it has to look at all that have a name.
const searchNames = `
  SELECT ${userColumns}, user_key AS "userKey" FROM users
  WHERE folded_name LIKE $1 AND user_key > $2 ORDER BY user_key LIMIT $3`
const clearRecord = `
  UPDATE users SET display_name = NULL, folded_name = NULL, metadata = NULL, last_active = NULL, deleted_at = $2
  WHERE user_id = $1 AND deleted_at IS NULL`
const deleteProfile = `DELETE FROM user_profiles WHERE user_id = $1`

type Changes = Partial<Pick<UserRow, 'displayName' | 'metadata' | 'firstSeen' | 'lastActive'>>

/** Creates the user or changes what is given; a deleted user starts anew. @throws USER_FORGOTTEN */
async function saveUser(
  session: Session,
  userId: string,
  changesOf: (current: UserRow | undefined) => Changes,
): Promise<UserRow> {
  await assertNotForgotten(session, userId)
  await session.run(lockUser, [session.id(userId)])
  const current = await getUser(session, { userId })
  const changes = changesOf(current)
  const displayName = changes.displayName === undefined ? (current?.displayName ?? null) : changes.displayName
  await session.run(saveUserRow, [
    session.newId(userId),
    displayName,
    displayName === null ? null : foldName(displayName),
    changes.metadata === undefined ? (current?.metadata ?? null) : changes.metadata,
    changes.firstSeen ?? current?.firstSeen ?? changes.lastActive ?? Date.now(),
    changes.lastActive ?? current?.lastActive ?? null,
  ])
  session.changes.add({ kind: 'userUpdated', userId })
  const saved = await getUser(session, { userId })
  if (saved === undefined) throw new ConvoDbError('INTERNAL', `User '${userId}' is gone after it was saved`)
  return saved
}

/** @throws USER_FORGOTTEN */
export async function assertNotForgotten(session: Session, userId: string): Promise<void> {
  if ((await findForgotten(session, [userId])).has(userId)) throw forgotten(userId)
}

/** Makes sure that the user exists and counts as known. */
export async function recordUser(session: Session, userId: string): Promise<void> {
  if ((await getUser(session, { userId })) === undefined) await saveUser(session, userId, () => ({}))
}

export function upsertUser(
  session: Session,
  { userId, displayName, metadata, firstSeen }: WireParams<'upsertUser'>,
): Promise<UserRow> {
  return saveUser(session, userId, () => ({
    ...(displayName !== undefined && { displayName }),
    ...(metadata !== undefined && { metadata }),
    ...(firstSeen !== undefined && { firstSeen }),
  }))
}

export function recordActivity(
  session: Session,
  { userId, timestamp = Date.now() }: WireParams<'recordActivity'>,
): Promise<UserRow> {
  return saveUser(session, userId, (current) => ({
    firstSeen: Math.min(current?.firstSeen ?? timestamp, timestamp),
    lastActive: Math.max(current?.lastActive ?? timestamp, timestamp),
  }))
}

export function getUser(session: Session, { userId }: WireParams<'getUser'>): Promise<UserRow | undefined> {
  return session.get<UserRow>(selectUser, [session.id(userId)])
}

/** In the order asked, as often as asked. */
export async function getUsers(session: Session, { userIds }: WireParams<'getUsers'>): Promise<UserRow[]> {
  const rows = await session.all<UserRow>(selectUsers, [session.ids([...new Set(userIds)])])
  const byId = new Map(rows.map((row) => [row.userId, row]))
  return userIds.flatMap((id) => byId.get(id) ?? [])
}

export async function searchByDisplayName(
  session: Session,
  { query, limit = defaultLimit, cursor }: WireParams<'searchByDisplayName'>,
): Promise<WireResult<'searchByDisplayName'>> {
  const pattern = `%${foldName(query).replaceAll(/[\\%_]/g, (found) => `\\${found}`)}%`
  const start = cursor === undefined ? 0 : decodeCursor(cursor).key
  const { rows, last } = await gatherPage<KeyedUser>({
    limit,
    find: (previous, count) => session.all(searchNames, [pattern, previous?.userKey ?? start, count]),
    lengthOf,
  })
  return {
    items: rows.map(withoutKey),
    nextCursor: last === undefined ? null : encodeCursor({ value: 0, key: last.userKey }),
  }
}

export const lengthOf = ({ displayName, metadata }: UserRow): number =>
  (displayName?.length ?? 0) + (metadata?.length ?? 0)

export function withoutKey(user: KeyedUser): UserRow {
  const { userKey: _, ...row } = user
  return row
}

/** The row stays, since messages name it. */
export async function deleteUser(session: Session, { userId }: WireParams<'deleteUser'>): Promise<boolean> {
  const id = session.id(userId)
  if ((await session.run(clearRecord, [id, Date.now()])) === 0) return false
  session.changes.add({ kind: 'userDeleted', userId })
  await session.run(deleteProfile, [id])
  await forgetAnswers(session)
  return true
}
