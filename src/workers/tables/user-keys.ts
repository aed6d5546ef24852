import type { ReadConnection } from '../connection/connection.js'

const selectKey = `SELECT user_key AS userKey, deleted_at AS deletedAt FROM main.users WHERE user_id = ?`

interface UserKey {
  readonly userKey: number
  readonly deletedAt: number | null
}

export const findUser = (connection: ReadConnection, userId: string): UserKey | undefined =>
  connection.get<UserKey>(selectKey, [userId])

export const findUserKey = (connection: ReadConnection, userId: string): number | undefined =>
  findUser(connection, userId)?.userKey

const selectIds = `SELECT user_key AS userKey, user_id AS userId FROM users WHERE user_key > ? ORDER BY user_key LIMIT ?`

const idsInStep = 5_000

/** All users, in the order in which they came into being. */
export function* listUserIds(connection: ReadConnection): Generator<{ userKey: number; userId: string }> {
  let after = 0
  for (;;) {
    const users = connection.all<{ userKey: number; userId: string }>(selectIds, [after, idsInStep])
    yield* users
    const last = users.at(-1)
    if (last === undefined) return
    after = last.userKey
  }
}
