import type { ReadConnection } from '../connection/connection.js'
import { risingKey } from '../connection/rising-keys.js'
import { blockOf } from '../words/changed-words.js'
import { isIndexed } from './indexed-messages.js'

const selectKey = `SELECT user_key AS userKey, deleted_at AS deletedAt FROM main.users WHERE user_id = ?`

interface UserKey {
  readonly userKey: number
  readonly deletedAt: number | null
}

export const findUser = (connection: ReadConnection, userId: string): UserKey | undefined =>
  connection.get<UserKey>(selectKey, [userId])

export const findUserKey = (connection: ReadConnection, userId: string): number | undefined =>
  findUser(connection, userId)?.userKey

const selectId = `SELECT user_id AS userId FROM main.users WHERE user_key = ?`

export const findUserId = (connection: ReadConnection, userKey: number): string | undefined =>
  connection.get<{ userId: string }>(selectId, [userKey])?.userId

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
    after = risingKey('users', after, last.userKey)
  }
}

// Both seek the primary key (block, user_key, timestamp, message_key), whose blocks are those of `blockOf`.
const selectLastBlock = `SELECT max(block) AS lastBlock FROM user_messages`
const selectInBlock = `SELECT message_key FROM user_messages WHERE block = ? AND user_key = ? AND ${isIndexed}`

// A range of the primary key, of messages that are not indexed yet.
const selectUnindexed = `
  SELECT message_key FROM main.messages
  WHERE message_key > :after AND message_key <= :through AND user_key = :userKey`
const selectLastIndexed = `SELECT last_key FROM indexed_messages WHERE id = 1`

/** The keys of a user's messages in a range of one block, `after` excluded, indexed or not, rising. */
export function listKeysOfUser(
  connection: ReadConnection,
  userKey: number,
  after: number,
  through: number,
): number[] {
  const [lastIndexed = 0] = connection.column<number>(selectLastIndexed)
  const indexed = connection
    .column<number>(selectInBlock, [blockOf(through), userKey])
    .filter((key) => key > after && key <= through)
    .toSorted((one, other) => one - other)
  if (through <= lastIndexed) return indexed
  const later = { after: Math.max(after, lastIndexed), through, userKey }
  return indexed.concat(connection.column<number>(selectUnindexed, later))
}

/** The keys of a user's indexed messages, block by block: one seek for every 8,192 messages that there are. */
export function listMessageKeys(connection: ReadConnection, userKey: number): number[] {
  const lastBlock = connection.get<{ lastBlock: number | null }>(selectLastBlock)?.lastBlock ?? -1
  const keys: number[][] = []
  for (let block = 0; block <= lastBlock; block += 1) {
    keys.push(connection.column<number>(selectInBlock, [block, userKey]))
  }
  return keys.flat()
}
