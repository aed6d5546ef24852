import type Database from 'better-sqlite3'
import { inParallel } from '../measure/in-parallel.js'
import { createRows, type Row } from '../rows.js'
import { pathIn } from './convodb.js'
import { assertStored } from './engine.js'
import type { Side } from './side.js'
import { describeSqlite, openSqlite } from './sqlite.js'

const gatherMs = 2
const createTable = `
  CREATE TABLE messages (
    message_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, user_id TEXT NOT NULL, content TEXT NOT NULL, timestamp INTEGER NOT NULL
  ) STRICT`
const createIndex = 'CREATE INDEX messages_by_channel ON messages (channel_id, timestamp)'

interface Waiting {
  readonly row: Row
  resolve(): void
  reject(error: unknown): void
}

/** The few lines that anybody would write: calls of 2 ms are one transaction on the calling thread, and resolve after its commit. */
function gather(database: Database.Database): (row: Row) => Promise<void> {
  const insert = database.prepare(
    'INSERT INTO messages VALUES (?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING',
  )
  const storeAll = database.transaction((calls: readonly Waiting[]) => {
    for (const { row } of calls)
      insert.run(row.messageId, row.channelId, row.userId, row.content, row.timestamp)
  })
  let waiting: Waiting[] = []
  const commit = (): void => {
    const calls = waiting
    waiting = []
    try {
      storeAll.immediate(calls)
      for (const { resolve } of calls) resolve()
    } catch (error) {
      for (const { reject } of calls) reject(error)
    }
  }
  return (row) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ row, resolve, reject }) === 1) setTimeout(commit, gatherMs)
    })
}

/** better-sqlite3 with a few lines of batching: one table, no counters, no users, nothing else that a conversation needs. */
export const gathering =
  ({ hasIndex }: { readonly hasIndex: boolean }): Side =>
  async (input) => {
    const rows = createRows(input.rows)
    const database = openSqlite(pathIn(input.folder))
    database.exec(createTable)
    // Without it no channel can be read but by a walk over everything.
    if (hasIndex) database.exec(createIndex)
    const report = await inParallel(rows, input.concurrency, gather(database))
    assertStored(database.prepare('SELECT count(*) FROM messages').pluck().get(), rows.length)
    const engine = describeSqlite(database)
    database.close()
    return { items: rows.length, ...report, engine }
  }
