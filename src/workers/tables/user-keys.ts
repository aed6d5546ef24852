import type { ReadConnection } from '../connection.js'

const selectKey = `SELECT user_key AS userKey, deleted_at AS deletedAt FROM main.users WHERE user_id = ?`

interface UserKey {
  readonly userKey: number
  readonly deletedAt: number | null
}

export const findUser = (connection: ReadConnection, userId: string): UserKey | undefined =>
  connection.get<UserKey>(selectKey, [userId])

export const findUserKey = (connection: ReadConnection, userId: string): number | undefined =>
  findUser(connection, userId)?.userKey
