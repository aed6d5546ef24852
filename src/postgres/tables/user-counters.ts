import type { Session } from '../connection/session.js'

// Sorted, so that transactions which lock several users come to them in one order. A deleted user starts anew with a new message.
const addMessages = `
  INSERT INTO users AS u (user_id, first_seen, last_active, message_count)
  SELECT given.user_id, given.first_seen, given.last_active, given.count
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS given (user_id, first_seen, last_active, count)
  ON CONFLICT (user_id) DO UPDATE SET
    message_count = u.message_count + excluded.message_count,
    first_seen = CASE WHEN u.deleted_at IS NULL THEN least(u.first_seen, excluded.first_seen) ELSE excluded.first_seen END,
    last_active = greatest(u.last_active, excluded.last_active),
    deleted_at = NULL`
const lockUsers = `SELECT user_id FROM users WHERE user_id = ANY ($1::text[]) ORDER BY user_id FOR UPDATE`
const takeMessages = `
  UPDATE users SET message_count = message_count - taken.count
  FROM unnest($1::text[], $2::bigint[]) AS taken (user_id, count) WHERE users.user_id = taken.user_id`
const touch = `
  UPDATE users SET
    last_active = greatest(users.last_active, given.last_active), first_seen = least(users.first_seen, given.first_seen)
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS given (user_id, first_seen, last_active)
  WHERE users.user_id = given.user_id`

/** What messages bring to a user. */
export interface UserGain {
  readonly userId: string
  readonly count: number
  readonly firstSeen: number
  readonly lastActive: number
}

const byId = (one: { readonly userId: string }, other: { readonly userId: string }): number =>
  Buffer.compare(Buffer.from(one.userId), Buffer.from(other.userId))

/** Users come into being with their first messages; who was deleted is there again. */
export async function addToUsers(session: Session, gains: readonly UserGain[]): Promise<void> {
  if (gains.length === 0) return
  const sorted = gains.toSorted(byId)
  await session.run(addMessages, [
    session.newIds(sorted.map(({ userId }) => userId)),
    sorted.map(({ firstSeen }) => firstSeen),
    sorted.map(({ lastActive }) => lastActive),
    sorted.map(({ count }) => count),
  ])
}

/** Of users who wrote no message that is new to them: a deleted one stays deleted. */
export async function touchUsers(session: Session, gains: readonly UserGain[]): Promise<void> {
  if (gains.length === 0) return
  const sorted = gains.toSorted(byId)
  const ids = session.ids(sorted.map(({ userId }) => userId))
  await session.run(lockUsers, [ids])
  await session.run(touch, [
    ids,
    sorted.map(({ firstSeen }) => firstSeen),
    sorted.map(({ lastActive }) => lastActive),
  ])
}

export async function takeFromUsers(session: Session, losses: ReadonlyMap<string, number>): Promise<void> {
  if (losses.size === 0) return
  const sorted = [...losses].map(([userId, count]) => ({ userId, count })).toSorted(byId)
  const ids = session.ids(sorted.map(({ userId }) => userId))
  await session.run(lockUsers, [ids])
  await session.run(takeMessages, [ids, sorted.map(({ count }) => count)])
}
