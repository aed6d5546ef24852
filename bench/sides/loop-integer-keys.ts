import type Database from 'better-sqlite3'
import { Counters } from './counters.js'
import type { StoreBatch } from './loop.js'
import { messageInsert } from './message-insert.js'

const insertTrigger = `
  SELECT count(*) FROM sqlite_schema
  WHERE type = 'trigger' AND tbl_name = 'messages' AND sql LIKE '%AFTER INSERT ON messages%message_count%'`
const insertChannel = 'INSERT INTO channels (channel_id, created_at) VALUES (?, ?) RETURNING channel_key'
const insertUser = 'INSERT INTO users (user_id, first_seen) VALUES (?, ?) RETURNING user_key'
const updateCounters = (table: 'channels' | 'users', key: string): string => `
  UPDATE ${table} SET message_count = message_count + ?, last_active = max(coalesce(last_active, 0), ?)
  WHERE ${key} = ?`

/**
 * Stores into the tables of a file that ConvoDB made. Keys of channels and users are remembered, which one writer may do
 * as long as nobody else deletes them. Where no trigger counts messages, their numbers are added up and written once a
 * transaction.
 */
export function createIntegerKeyStore(database: Database.Database): StoreBatch {
  const { sql, needsKey } = messageInsert(database)
  const insert = database.prepare(sql)
  const channelKeyOf = rememberedKeys(database, insertChannel)
  const userKeyOf = rememberedKeys(database, insertUser)
  const isCountedByTrigger = Number(database.prepare(insertTrigger).pluck().get()) > 0
  const updateChannel = database.prepare(updateCounters('channels', 'channel_key'))
  const updateUser = database.prepare(updateCounters('users', 'user_key'))
  const channelCounters = new Counters<number, number>()
  const userCounters = new Counters<number, number>()
  let messageKey = 0
  return (rows) => {
    for (const { messageId, channelId, userId, content, timestamp } of rows) {
      const channelKey = channelKeyOf(channelId, timestamp)
      const userKey = userKeyOf(userId, timestamp)
      messageKey += 1
      const { changes } = needsKey
        ? insert.run(messageId, channelKey, userKey, content, timestamp, messageKey)
        : insert.run(messageId, channelKey, userKey, content, timestamp)
      if (isCountedByTrigger || changes === 0) continue
      channelCounters.add(channelKey, timestamp)
      userCounters.add(userKey, timestamp)
    }
    channelCounters.flush((...change) => updateChannel.run(...change))
    userCounters.flush((...change) => updateUser.run(...change))
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
