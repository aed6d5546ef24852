import type Database from 'better-sqlite3'
import { Counters } from './counters.js'
import type { Row } from '../rows.js'
import type { Store } from './loop.js'
import {
  insertTextKeyChannel,
  insertTextKeyMessage,
  insertTextKeyUser,
  toTextTime,
} from './text-key-schema.js'

const updateCounters = (table: 'channels' | 'users', key: string): string => `
  UPDATE ${table} SET message_count = message_count + ?, last_active = max(coalesce(last_active, ''), ?)
  WHERE ${key} = ?`

/** Remembers which channels and users there are; counters are added up and written once a transaction. */
export function createTextKeyStore(database: Database.Database): Store {
  const insert = database.prepare(insertTextKeyMessage)
  const insertChannel = database.prepare(insertTextKeyChannel)
  const insertUser = database.prepare(insertTextKeyUser)
  const updateChannel = database.prepare(updateCounters('channels', 'channel_id'))
  const updateUser = database.prepare(updateCounters('users', 'user_id'))
  const channels = new Set<string>()
  const users = new Set<string>()
  const channelCounters = new Counters<string, string>()
  const userCounters = new Counters<string, string>()
  const ensure = (known: Set<string>, id: string, create: () => unknown): void => {
    if (known.has(id)) return
    create()
    known.add(id)
  }
  const store = (rows: readonly Row[]): void => {
    for (const { messageId, channelId, userId, content, timestamp } of rows) {
      const time = toTextTime(timestamp)
      ensure(channels, channelId, () => insertChannel.run(channelId, time))
      ensure(users, userId, () => insertUser.run(userId, time))
      if (insert.run(messageId, channelId, userId, content, time).changes === 0) continue
      channelCounters.add(channelId, time)
      userCounters.add(userId, time)
    }
    channelCounters.flush((...values) => updateChannel.run(...values))
    userCounters.flush((...values) => updateUser.run(...values))
  }
  return { store, finish: () => undefined }
}
