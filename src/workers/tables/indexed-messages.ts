import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import type { IndexState, UnindexedMessage } from '../unindexed/unindexed-messages.js'
import { readLastKey } from './last-message-key.js'

/** Indexing as many takes some 15 ms, and a reader that finds as many reads them once in 5. */
export const mostUnindexedMessages = 8_192
/** Indexing as many takes 2 ms. Fewer would dirty nearly a page each. */
const fewestUnindexedMessages = 512
/** For each message of a transaction. */
const unindexedPerMessage = 8

/**
 * Of an entry in `channel_messages`, `typed_messages` or `user_messages`: others are of a round that is not over (decision 62).
 * Looked at, and never sought (+ 0): among messages of one time a page begins at a key of its own.
 */
export const isIndexed = `message_key + 0 <= (SELECT last_key FROM main.indexed_messages WHERE id = 1)`

/** Of a message: a round that is not over has counted it for its user already. */
export const isCountedAhead = `(
      message_key <= (SELECT round_key FROM main.indexed_messages WHERE id = 1)
      AND user_key <= (SELECT counted_user_key FROM main.indexed_messages WHERE id = 1)
    )`

const selectState = `
  SELECT last_key AS lastKey, changes, round_key AS roundKey, counted_user_key AS countedUserKey
  FROM indexed_messages WHERE id = 1`
// All of these read the messages with keys beyond the last indexed one, a range of the primary key.
const selectUnindexed = `
  SELECT message_key AS key, channel_key AS channelKey, user_key AS userKey, timestamp
  FROM main.messages WHERE message_key > ? ORDER BY message_key`
// Sorted, so that each page of the table is written once for all its new entries. Some are there already: of a round that is not over.
const insertChannelMessages = `
  INSERT INTO channel_messages (channel_key, timestamp, message_key)
  SELECT channel_key, timestamp, message_key FROM messages WHERE message_key > ?
  ORDER BY channel_key, timestamp, message_key
  ON CONFLICT DO NOTHING`
const insertTypedMessages = `
  INSERT INTO typed_messages (channel_key, message_type, timestamp, message_key)
  SELECT channel_key, message_type, timestamp, message_key FROM messages
  WHERE message_key > ? AND message_type <> 'message'
  ORDER BY channel_key, message_type, timestamp, message_key
  ON CONFLICT DO NOTHING`
// Sorted inside each block, whose end is the table's end.
const insertUserMessages = `
  INSERT INTO user_messages (block, user_key, timestamp, message_key, channel_key)
  SELECT message_key >> 13, user_key, timestamp, message_key, channel_key FROM messages WHERE message_key > ?
  ORDER BY message_key >> 13, user_key, timestamp, message_key
  ON CONFLICT DO NOTHING`
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
// Not those that a round has counted already.
const addToUsers = `
  UPDATE users SET
    message_count = message_count + unindexed.count,
    last_active = max(coalesce(last_active, unindexed.latest), unindexed.latest),
    first_seen = min(first_seen, unindexed.earliest)
  FROM (
    SELECT user_key, min(timestamp) AS earliest, max(timestamp) AS latest, count(*) FILTER (WHERE NOT ${isCountedAhead}) AS count
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
export const updateLastKey = `
  UPDATE indexed_messages SET last_key = ?, round_key = 0, counted_user_key = 0 WHERE id = 1`

export const readIndexState = (connection: ReadConnection): IndexState =>
  connection.get<IndexState>(selectState) ?? { lastKey: 0, changes: 0, roundKey: 0, countedUserKey: 0 }

/**
 * How many messages a transaction may leave unindexed, by how many it has stored or changed: the more, the more. Where much is stored, indexing in bulk is
 * cheaper; where little is, no call waits for long. Twice the fewest, so that the idle writer comes first.
 */
export const maxUnindexedAfter = (messages: number): number =>
  Math.min(Math.max(unindexedPerMessage * messages, 2 * fewestUnindexedMessages), mostUnindexedMessages)

/** Whether it is worth while to index what there is between two transactions: half of what would have the next one do it. */
export const isIndexingDue = (connection: WriteConnection): boolean =>
  2 * countUnindexedMessages(connection) >= maxUnindexedAfter(connection.memory.lastMessages)

/** How many messages are stored and not indexed, at most. */
export function countUnindexedMessages(connection: WriteConnection): number {
  const { memory } = connection
  const indexedKey = (memory.indexedKey ??= readIndexState(connection).lastKey)
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
  memory.forgetGathered()
}

/** Shows a reading connection what is unindexed in its snapshot. */
export function followUnindexedMessages(connection: ReadConnection): void {
  connection.unindexed.follow(readIndexState(connection), (key) =>
    connection.all<UnindexedMessage>(selectUnindexed, [key]),
  )
}
