import type { WireParams } from '../../protocol/operations.js'
import type { WriteConnection } from '../connection/connection.js'
import { forgotten, isForgotten } from './forgotten-users.js'
import { indexDisplayName } from './user-name-suffixes.js'

type Imported = WireParams<'importUserActivity'>['users'][number]

const selectActivity = `
  SELECT user_key AS userKey, message_count AS messageCount, first_seen AS firstSeen, last_active AS lastActive,
    deleted_at AS deletedAt
  FROM users WHERE user_id = ?`
const insertUser = `INSERT INTO users (user_id, first_seen) VALUES (?, ?)`
const updateActivity = `
  UPDATE users SET first_seen = :firstSeen, last_active = :lastActive, deleted_at = :deletedAt WHERE user_key = :userKey`
const clearRecord = `UPDATE users SET display_name = NULL, folded_name = NULL, metadata = NULL WHERE user_key = ?`
const deleteProfile = `DELETE FROM user_profiles WHERE user_key = ?`

interface Activity {
  readonly userKey: number
  readonly messageCount: number
  readonly firstSeen: number
  readonly lastActive: number | null
  readonly deletedAt: number | null
}

/**
 * What users did as an export tells it, once their messages are there. Where they have written other messages here, too, it
 * only moves outwards, and nobody is deleted. @throws USER_FORGOTTEN
 */
export function importUserActivity(
  connection: WriteConnection,
  { users }: WireParams<'importUserActivity'>,
): number {
  for (const user of users) {
    const current = findOrInsert(connection, user)
    if (current.messageCount === user.messageCount) setActivity(connection, current.userKey, user)
    else widenActivity(connection, current, user)
  }
  return users.length
}

function findOrInsert(connection: WriteConnection, { userId, firstSeen }: Imported): Activity {
  const current = connection.get<Activity>(selectActivity, [userId])
  if (current !== undefined) return current
  if (isForgotten(connection, userId)) throw forgotten(userId)
  const userKey = connection.insert(insertUser, [userId, firstSeen])
  return { userKey, messageCount: 0, firstSeen, lastActive: null, deletedAt: null }
}

function setActivity(connection: WriteConnection, userKey: number, user: Imported): void {
  const { userId, firstSeen, lastActive = null, deletedAt = null } = user
  connection.run(updateActivity, { userKey, firstSeen, lastActive, deletedAt })
  if (deletedAt === null) return
  // As `deleteUser` leaves a record.
  connection.memory.userKeys.delete(userId)
  connection.run(clearRecord, [userKey])
  connection.run(deleteProfile, [userKey])
  indexDisplayName(connection, userKey, null)
}

function widenActivity(connection: WriteConnection, current: Activity, user: Imported): void {
  connection.run(updateActivity, {
    userKey: current.userKey,
    firstSeen: Math.min(current.firstSeen, user.firstSeen),
    lastActive: latest(current.lastActive, user.lastActive ?? null),
    deletedAt: current.deletedAt,
  })
}

const latest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
