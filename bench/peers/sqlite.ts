import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'

/** The SQLite library that better-sqlite3 carries; ConvoDB's workers use the same one. */
export function sqliteVersion(): string {
  const memory = new Database(':memory:')
  const version = String(memory.prepare('SELECT sqlite_version()').pluck().get())
  memory.close()
  return version
}

/** Opens a file with the settings of ConvoDB's writer, so that the sides differ in nothing but the way they work. */
export function openSynchronously(path: string): Database.Database {
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
  return openSynchronously(path)
}
