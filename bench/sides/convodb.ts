import { createRequire } from 'node:module'
import { join } from 'node:path'
import { openDatabase, type DatabaseManager } from 'convodb'
import { assertStored, describeEngine } from './engine.js'
import type { SideInput } from './side.js'

const { version }: { version: string } = createRequire(import.meta.url)('convodb/package.json')

export const pathIn = (folder: string): string => join(folder, 'bench.db')

/** ConvoDB as it comes; the number of readers is the case's. */
export const openConvoDb = ({ folder, readers }: SideInput): Promise<DatabaseManager> =>
  openDatabase(pathIn(folder), { readers })

/** Asks the connection that writes. */
export const describeConvoDb = (db: DatabaseManager): Promise<string> =>
  db.withConnection(
    async (connection) => {
      const ask = async (sql: string): Promise<unknown> => Object.values((await connection.get(sql)) ?? {})[0]
      return describeEngine({
        library: `ConvoDB ${version}`,
        sqliteVersion: await ask('SELECT sqlite_version()'),
        journalMode: await ask('PRAGMA journal_mode'),
        synchronous: await ask('PRAGMA synchronous'),
      })
    },
    { mode: 'write' },
  )

/** Checks that every row is there and says what did the work. */
export async function finishConvoDb(db: DatabaseManager, rows: number): Promise<string> {
  assertStored(await db.countMessages(), rows)
  return describeConvoDb(db)
}
