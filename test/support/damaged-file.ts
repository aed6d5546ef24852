import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { temporaryFolder } from './databases.js'

/**
 * A copy of a file on which SQL is run by hand, past all that keeps checksums, counters and copies. Each step runs on a
 * connection of its own, so that a schema edited by one is that of the next.
 */
export async function damagedCopy(original: string, ...steps: readonly string[]): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  await copyFile(original, path)
  for (const step of steps) {
    const database = new Database(path)
    database.unsafeMode(true)
    database.pragma('foreign_keys = 0')
    database.pragma('ignore_check_constraints = 1')
    database.pragma('writable_schema = 1')
    withoutTriggers(database, () => database.exec(step))
    database.close()
  }
  return path
}

/** No trigger may repair what is broken; they are put back as they were, unless the step made one of that name. */
function withoutTriggers(database: Database.Database, work: () => void): void {
  const triggers = database
    .prepare<[], { name: string; sql: string }>(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`)
    .all()
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`)
  work()
  for (const { name, sql } of triggers) {
    if (database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) === undefined) {
      database.exec(sql)
    }
  }
}
