import type { ReadConnection } from '../connection/connection.js'

// Both seek the primary key (block, user_key, message_key), whose blocks are message_key >> 13.
const selectLastBlock = `SELECT max(block) AS lastBlock FROM user_messages`
const selectInBlock = `SELECT message_key FROM user_messages WHERE block = ? AND user_key = ?`

/** The keys of a user's indexed messages, in order: one seek for every 8,192 messages that there are. */
export function listMessageKeys(connection: ReadConnection, userKey: number): number[] {
  const lastBlock = connection.get<{ lastBlock: number | null }>(selectLastBlock)?.lastBlock ?? -1
  const keys: number[][] = []
  for (let block = 0; block <= lastBlock; block += 1) {
    keys.push(connection.column<number>(selectInBlock, [block, userKey]))
  }
  return keys.flat()
}
