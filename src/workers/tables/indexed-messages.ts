import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import type { IndexState, UnindexedMessage } from '../unindexed/unindexed-messages.js'
import { readLastKey } from './last-message-key.js'

/** Indexing as many takes some 15 ms, and a reader that finds as many reads them once in 5. */
const mostUnindexedMessages = 8_192
/** Indexing as many takes 2 ms. Fewer would dirty nearly a page each. */
const fewestUnindexedMessages = 512
/** For each operation of a transaction. */
const unindexedPerOperation = 8

const selectState = `SELECT last_key AS lastKey, changes FROM indexed_messages WHERE id = 1`
// All of these read the messages with keys beyond the last indexed one, a range of the primary key.
const selectUnindexed = `
  SELECT message_key AS key, channel_key AS channelKey, user_key AS userKey, timestamp
  FROM main.messages WHERE message_key > ? ORDER BY message_key`
// Sorted, so that each page of the table is written once for all its new entries.
const insertChannelMessages = `
  INSERT INTO channel_messages (channel_key, timestamp, message_key)
  SELECT channel_key, timestamp, message_key FROM messages WHERE message_key > ?
  ORDER BY channel_key, timestamp, message_key`
const insertTypedMessages = `
  INSERT INTO typed_messages (channel_key, message_type, timestamp, message_key)
  SELECT channel_key, message_type, timestamp, message_key FROM messages
  WHERE message_key > ? AND message_type <> 'message'
  ORDER BY channel_key, message_type, timestamp, message_key`
// Sorted inside each block, whose end is the table's end.
const insertUserMessages = `
  INSERT INTO user_messages (block, user_key, timestamp, message_key, channel_key)
  SELECT message_key >> 13, user_key, timestamp, message_key, channel_key FROM messages WHERE message_key > ?
  ORDER BY message_key >> 13, user_key, timestamp, message_key`
const addToBlockTimes = `
  INSERT INTO block_times (block, earliest, latest)
  SELECT message_key >> 13, min(timestamp), max(timestamp) FROM messages WHERE message_key > ? GROUP BY message_key >> 13
  ON CONFLICT (block) DO UPDATE SET
    earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)`
const addToChannels = `
  UPDATE channels SET
    message_count = message_count + unindexed.count,
    last_active = max(coalesce(last_active, unindexed.latest), unindexed.latest)
  FROM (
    SELECT channel_key, count(*) AS count, max(timestamp) AS latest
    FROM messages WHERE message_key > ? GROUP BY channel_key
  ) AS unindexed WHERE channels.channel_key = unindexed.channel_key`
const addToUsers = `
  UPDATE users SET
    message_count = message_count + unindexed.count,
    last_active = max(coalesce(last_active, unindexed.latest), unindexed.latest),
    first_seen = min(first_seen, unindexed.earliest)
  FROM (
    SELECT user_key, count(*) AS count, min(timestamp) AS earliest, max(timestamp) AS latest
    FROM messages WHERE message_key > ? GROUP BY user_key
  ) AS unindexed WHERE users.user_key = unindexed.user_key`
const fillIndexes = [
  insertChannelMessages,
  insertTypedMessages,
  insertUserMessages,
  addToBlockTimes,
  addToChannels,
  addToUsers,
]
const updateLastKey = `UPDATE indexed_messages SET last_key = ? WHERE id = 1`

const readState = (connection: ReadConnection): IndexState =>
  connection.get<IndexState>(selectState) ?? { lastKey: 0, changes: 0 }

/**
 * How many messages a transaction may leave unindexed: the more it has to do itself, the more. Where much is stored, indexing in bulk is
 * cheaper; where little is, no call waits for long. Twice the fewest, so that the idle writer comes first.
 */
export const maxUnindexedAfter = (operations: number): number =>
  Math.min(Math.max(unindexedPerOperation * operations, 2 * fewestUnindexedMessages), mostUnindexedMessages)

/** Whether it is worth while to index what there is between two transactions: half of what would have the next one do it. */
export const isIndexingDue = (connection: WriteConnection): boolean =>
  2 * countUnindexedMessages(connection) >= maxUnindexedAfter(connection.memory.lastOperations)

/** How many messages are stored and not indexed, at most. */
export function countUnindexedMessages(connection: WriteConnection): number {
  const { memory } = connection
  const indexedKey = (memory.indexedKey ??= readState(connection).lastKey)
  const nextKey = (memory.nextMessageKey ??= readLastKey(connection) + 1)
  return nextKey - 1 - indexedKey
}

/** Brings the unindexed messages into the places and counters, inside whatever transaction there is. */
export function indexMessages(connection: WriteConnection): void {
  const { memory } = connection
  const count = countUnindexedMessages(connection)
  const indexedKey = memory.indexedKey
  if (count === 0 || indexedKey === undefined) return
  for (const sql of fillIndexes) connection.run(sql, [indexedKey])
  const lastKey = indexedKey + count
  connection.run(updateLastKey, [lastKey])
  memory.indexedKey = lastKey
}

/** Shows a reading connection what is unindexed in its snapshot. */
export function followUnindexedMessages(connection: ReadConnection): void {
  connection.unindexed.follow(readState(connection), (key) =>
    connection.all<UnindexedMessage>(selectUnindexed, [key]),
  )
}
