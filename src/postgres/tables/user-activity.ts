import type { WireParams } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { assertNotForgotten } from './users.js'

const insertUser = `INSERT INTO users (user_id, first_seen) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING`
const lockActivity = `
  SELECT message_count AS "messageCount", first_seen AS "firstSeen", last_active AS "lastActive", deleted_at AS "deletedAt"
  FROM users WHERE user_id = $1 FOR UPDATE`
const updateActivity = `UPDATE users SET first_seen = $2, last_active = $3, deleted_at = $4 WHERE user_id = $1`
const clearRecord = `UPDATE users SET display_name = NULL, folded_name = NULL, metadata = NULL WHERE user_id = $1`
const deleteProfile = `DELETE FROM user_profiles WHERE user_id = $1`

interface Activity {
  readonly messageCount: number
  readonly firstSeen: number
  readonly lastActive: number | null
  readonly deletedAt: number | null
}

/**
 * What users did as an export tells it, once their messages are there. Where they have written other messages here, too, it
 * only moves outwards, and nobody is deleted. @throws USER_FORGOTTEN
 */
export async function importUserActivity(
  session: Session,
  { users }: WireParams<'importUserActivity'>,
): Promise<number> {
  for (const { userId, messageCount, firstSeen, lastActive = null, deletedAt = null } of users) {
    const id = session.newId(userId)
    await assertNotForgotten(session, userId)
    await session.run(insertUser, [id, firstSeen])
    const current = await session.get<Activity>(lockActivity, [id])
    if (current === undefined || current.messageCount === messageCount) {
      await session.run(updateActivity, [id, firstSeen, lastActive, deletedAt])
      if (deletedAt === null) continue
      if (current?.deletedAt === null) session.changes.add({ kind: 'userDeleted', userId })
      // As `deleteUser` leaves a record.
      await session.run(clearRecord, [id])
      await session.run(deleteProfile, [id])
    } else {
      await session.run(updateActivity, [
        id,
        Math.min(current.firstSeen, firstSeen),
        latest(current.lastActive, lastActive),
        current.deletedAt,
      ])
    }
  }
  return users.length
}

const latest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
