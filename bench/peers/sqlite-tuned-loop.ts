import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Peer } from '../peer.js'
import { createRows, type Row } from '../rows.js'
import { openConvoDbFile, sqliteVersion } from './sqlite.js'

export const rowsPerTransaction = 5000

const insertMessage = `
  INSERT INTO messages (message_id, channel_key, user_key, content, timestamp, message_type)
  VALUES (?, ?, ?, ?, ?, 'message') ON CONFLICT (message_id) DO NOTHING`

/** better-sqlite3 on the calling thread, over ConvoDB's own schema and triggers, as fast as a careful person makes it. */
export const sqliteTunedLoop: Peer = async ({ folder, rows: count }) => {
  const rows = createRows(count)
  const database = await openConvoDbFile(join(folder, 'bench.db'))
  const store = createStore(database)
  const storeMany = database.transaction((batch: readonly Row[]) => {
    for (const row of batch) store(row)
  })
  const startMs = performance.now()
  for (let start = 0; start < count; start += rowsPerTransaction) {
    storeMany.immediate(rows.slice(start, start + rowsPerTransaction))
  }
  const elapsedMs = performance.now() - startMs
  database.close()
  return { items: count, elapsedMs, sqliteVersion: sqliteVersion() }
}

/** Keys of channels and users are remembered, which one writer may do as long as nobody else deletes them. */
function createStore(database: Database.Database): (row: Row) => void {
  const insert = database.prepare(insertMessage)
  const channelKeyOf = rememberedKeys(
    database,
    'INSERT INTO channels (channel_id, created_at) VALUES (?, ?) RETURNING channel_key',
  )
  const userKeyOf = rememberedKeys(
    database,
    'INSERT INTO users (user_id, first_seen) VALUES (?, ?) RETURNING user_key',
  )
  return ({ messageId, channelId, userId, content, timestamp }) => {
    insert.run(
      messageId,
      channelKeyOf(channelId, timestamp),
      userKeyOf(userId, timestamp),
      content,
      timestamp,
    )
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
