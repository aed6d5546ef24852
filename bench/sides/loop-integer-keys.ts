import { crc32 } from 'node:zlib'
import type Database from 'better-sqlite3'
import { Counters } from './counters.js'
import type { Store } from './loop.js'

const insertMessage = `
  INSERT INTO messages (message_key, message_id, channel_key, user_key, content, timestamp, checksum, message_type)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'message')
  ON CONFLICT (message_id) DO NOTHING`
const insertChannel = 'INSERT INTO channels (channel_id, created_at) VALUES (?, ?) RETURNING channel_key'
const insertUser = 'INSERT INTO users (user_id, first_seen) VALUES (?, ?) RETURNING user_key'
const insertChannelMessages = `
  INSERT INTO channel_messages (channel_key, timestamp, message_key)
  SELECT channel_key, timestamp, message_key FROM messages WHERE message_key > ?
  ORDER BY channel_key, timestamp, message_key`
const insertUserMessages = `
  INSERT INTO user_messages (block, user_key, timestamp, message_key, channel_key)
  SELECT message_key >> 13, user_key, timestamp, message_key, channel_key FROM messages WHERE message_key > ?
  ORDER BY message_key >> 13, user_key, timestamp, message_key`
const updateCounters = (table: 'channels' | 'users', key: string): string => `
  UPDATE ${table} SET message_count = message_count + ?, last_active = max(coalesce(last_active, 0), ?)
  WHERE ${key} = ?`
const updateLastKey = 'UPDATE indexed_messages SET last_key = ? WHERE id = 1'

/**
 * Stores into the tables of a new file that ConvoDB made. Keys of channels and users are remembered, which one writer may
 * do as long as nobody else deletes them. After every `messagesPerIndexing` messages places and counters are filled: with 1
 * at the end of each transaction, so that every commit leaves all tables whole.
 */
export function createIntegerKeyStore(database: Database.Database, messagesPerIndexing: number): Store {
  const insert = database.prepare(insertMessage)
  const channelKeyOf = rememberedKeys(database, insertChannel)
  const userKeyOf = rememberedKeys(database, insertUser)
  const addChannelMessages = database.prepare(insertChannelMessages)
  const addUserMessages = database.prepare(insertUserMessages)
  const updateChannel = database.prepare(updateCounters('channels', 'channel_key'))
  const updateUser = database.prepare(updateCounters('users', 'user_key'))
  const setLastKey = database.prepare(updateLastKey)
  const channelCounters = new Counters<number, number>()
  const userCounters = new Counters<number, number>()
  let messageKey = 0
  let indexedKey = 0

  const merge = (): void => {
    addChannelMessages.run(indexedKey)
    addUserMessages.run(indexedKey)
    channelCounters.flush((...change) => updateChannel.run(...change))
    userCounters.flush((...change) => updateUser.run(...change))
    setLastKey.run(messageKey)
    indexedKey = messageKey
  }
  return {
    store(rows) {
      for (const { messageId, channelId, userId, content, timestamp } of rows) {
        const channelKey = channelKeyOf(channelId, timestamp)
        const userKey = userKeyOf(userId, timestamp)
        messageKey += 1
        const values = [messageKey, messageId, channelKey, userKey, content, timestamp, crc32(content)]
        if (insert.run(values).changes === 0) continue
        channelCounters.add(channelKey, timestamp)
        userCounters.add(userKey, timestamp)
      }
      if (messageKey - indexedKey >= messagesPerIndexing) merge()
    },
    finish: merge,
  }
}

function rememberedKeys(database: Database.Database, sql: string): (id: string, time: number) => number {
  const insert = database.prepare<[string, number], number>(sql).pluck()
  const keys = new Map<string, number>()
  return (id, time) => {
    const known = keys.get(id)
    if (known !== undefined) return known
    const key = Number(insert.get(id, time))
    keys.set(id, key)
    return key
  }
}
