import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import type { MergeState, RecentMessage } from '../unindexed/unindexed-messages.js'
import { readLastKey } from './messages.js'

/** A merge of as many takes some 15 ms, and a reader that finds as many reads them once in 5. */
export const maxRecentMessages = 8_192

const selectState = `SELECT last_key AS lastKey, changes FROM merged_messages WHERE id = 1`
// All of these read the messages with keys beyond the last merged one, a range of the primary key.
const selectRecent = `
  SELECT message_key AS key, channel_key AS channelKey, user_key AS userKey, timestamp
  FROM main.messages WHERE message_key > ? ORDER BY message_key`
// Sorted, so that each page of the table is written once for all its new entries.
const insertPlaces = `
  INSERT INTO message_places (channel_key, timestamp, message_key)
  SELECT channel_key, timestamp, message_key FROM messages WHERE message_key > ?
  ORDER BY channel_key, timestamp, message_key`
// Sorted inside each block, whose end is the table's end.
const insertUserMessages = `
  INSERT INTO user_messages (block, user_key, message_key)
  SELECT message_key >> 13, user_key, message_key FROM messages WHERE message_key > ?
  ORDER BY message_key >> 13, user_key, message_key`
const addToChannels = `
  UPDATE channels SET
    message_count = message_count + recent.count,
    last_active = max(coalesce(last_active, recent.latest), recent.latest)
  FROM (
    SELECT channel_key, count(*) AS count, max(timestamp) AS latest
    FROM messages WHERE message_key > ? GROUP BY channel_key
  ) AS recent WHERE channels.channel_key = recent.channel_key`
const addToUsers = `
  UPDATE users SET
    message_count = message_count + recent.count,
    last_active = max(coalesce(last_active, recent.latest), recent.latest),
    first_seen = min(first_seen, recent.earliest)
  FROM (
    SELECT user_key, count(*) AS count, min(timestamp) AS earliest, max(timestamp) AS latest
    FROM messages WHERE message_key > ? GROUP BY user_key
  ) AS recent WHERE users.user_key = recent.user_key`
const updateLastKey = `UPDATE merged_messages SET last_key = ? WHERE id = 1`

const readState = (connection: ReadConnection): MergeState =>
  connection.get<MergeState>(selectState) ?? { lastKey: 0, changes: 0 }

/** How many messages are stored and not merged, at most. */
export function countRecentMessages(connection: WriteConnection): number {
  const { memory } = connection
  const mergedKey = (memory.mergedKey ??= readState(connection).lastKey)
  const nextKey = (memory.nextMessageKey ??= readLastKey(connection) + 1)
  return nextKey - 1 - mergedKey
}

/** Brings the recent messages into the places and counters, inside whatever transaction there is. */
export function mergeRecentMessages(connection: WriteConnection): void {
  const { memory } = connection
  const count = countRecentMessages(connection)
  const mergedKey = memory.mergedKey
  if (count === 0 || mergedKey === undefined) return
  for (const sql of [insertPlaces, insertUserMessages, addToChannels, addToUsers])
    connection.run(sql, [mergedKey])
  const lastKey = mergedKey + count
  connection.run(updateLastKey, [lastKey])
  memory.mergedKey = lastKey
}

/** Shows a reading connection what is recent in its snapshot. */
export function followRecentMessages(connection: ReadConnection): void {
  connection.recent.follow(readState(connection), (key) => connection.all<RecentMessage>(selectRecent, [key]))
}
