import { createRequire } from 'node:module'
import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'
import { describeEngine } from './engine.js'

const { version }: { version: string } = createRequire(import.meta.url)('better-sqlite3/package.json')

/** Opens a file with the settings of ConvoDB's writer, and a log long enough that its checkpoints cost little. */
export function openSqlite(path: string): Database.Database {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('wal_autocheckpoint = 16000')
  database.pragma('cache_size = -65536')
  return database
}

/** Lets ConvoDB create the file, schema, indexes and triggers, then opens it on this thread. */
export async function openConvoDbFile(path: string): Promise<Database.Database> {
  await (await openDatabase(path)).close()
  return openSqlite(path)
}

export const describeSqlite = (database: Database.Database): string =>
  describeEngine({
    library: `better-sqlite3 ${version}`,
    sqliteVersion: database.prepare('SELECT sqlite_version()').pluck().get(),
    journalMode: database.pragma('journal_mode', { simple: true }),
    synchronous: database.pragma('synchronous', { simple: true }),
  })
