import { inParallel } from '../measure/in-parallel.js'
import { importPeer, peerVersion } from '../peers-folder.js'
import { assertStored, describeEngine } from './engine.js'
import type { Side } from './side.js'
import { createTextKeyFile, textKeyValues } from './text-key-file.js'
import { insertTextKeyMessage } from './text-key-schema.js'

interface PoolDatabase {
  pragma(sql: string, options?: { readonly simple: boolean }): Promise<unknown>
  prepare(sql: string): {
    run(...values: readonly string[]): Promise<unknown>
    get(): Promise<Readonly<Record<string, unknown>> | undefined>
  }
  close(): Promise<unknown>
}

interface Pool {
  readonly default: {
    readonly Database: {
      create(
        path: string,
        options: { readonly minWorkers: number; readonly maxWorkers: number },
      ): Promise<PoolDatabase>
    }
  }
}

/** better-sqlite3-pool: one insert a message, sent to its writer thread, each its own durable commit. */
export const betterSqlite3Pool: Side = async (input) => {
  const { path, rows } = createTextKeyFile(input)
  const { Database } = (await importPeer<Pool>('better-sqlite3-pool')).default
  const database = await Database.create(path, { minWorkers: input.readers, maxWorkers: input.readers })
  const ask = async (sql: string): Promise<unknown> =>
    Object.values((await database.prepare(sql).get()) ?? {})[0]
  for (const pragma of ['synchronous = FULL', 'foreign_keys = ON', 'wal_autocheckpoint = 16000']) {
    await database.pragma(pragma)
  }
  const insert = database.prepare(insertTextKeyMessage)
  const report = await inParallel(rows, input.concurrency, (row) => insert.run(...textKeyValues(row)))
  assertStored(await ask('SELECT count(*) FROM messages'), rows.length)
  const engine = describeEngine({
    library: `better-sqlite3-pool ${peerVersion('better-sqlite3-pool')}`,
    sqliteVersion: await ask('SELECT sqlite_version()'),
    // Asked of the thread that writes; a statement that only reads goes to another.
    journalMode: await database.pragma('journal_mode', { simple: true }),
    synchronous: await database.pragma('synchronous', { simple: true }),
  })
  await database.close()
  return { items: rows.length, ...report, engine }
}
