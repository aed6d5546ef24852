import { inParallel } from '../measure/in-parallel.js'
import { importPeer, peerVersion } from '../peers-folder.js'
import { assertStored, describeEngine } from './engine.js'
import type { Side } from './side.js'
import { createTextKeyFile, textKeyValues } from './text-key-file.js'
import { insertTextKeyMessage } from './text-key-schema.js'

type Failure = Error | null

interface Statement {
  run(values: readonly string[], done: (error: Failure) => void): void
  finalize(done: (error: Failure) => void): void
}

interface Sqlite3Database {
  exec(sql: string, done: (error: Failure) => void): void
  get(sql: string, done: (error: Failure, row: Record<string, unknown> | undefined) => void): void
  prepare(sql: string): Statement
  close(done: (error: Failure) => void): void
}

interface Sqlite3 {
  readonly default: { readonly Database: new (path: string) => Sqlite3Database }
}

const pragmas = 'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 16000;'

/** Turns a call that ends with a callback into a promise. */
const promise = (start: (done: (error: Failure) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    start((error) => (error === null || error === undefined ? resolve() : reject(error)))
  })

/** node-sqlite3: one prepared insert a message on libuv's threads, each its own durable commit. */
export const nodeSqlite3: Side = async (input) => {
  const { path, rows } = createTextKeyFile(input)
  const { Database } = (await importPeer<Sqlite3>('sqlite3')).default
  const database = new Database(path)
  const ask = (sql: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      database.get(sql, (error, row) => (row === undefined ? reject(error) : resolve(Object.values(row)[0])))
    })
  await promise((done) => database.exec(pragmas, done))
  const insert = database.prepare(insertTextKeyMessage)
  const report = await inParallel(rows, input.concurrency, (row) =>
    promise((done) => insert.run(textKeyValues(row), done)),
  )
  assertStored(await ask('SELECT count(*) FROM messages'), rows.length)
  const engine = describeEngine({
    library: `node-sqlite3 ${peerVersion('sqlite3')}`,
    sqliteVersion: await ask('SELECT sqlite_version()'),
    journalMode: await ask('PRAGMA journal_mode'),
    synchronous: await ask('PRAGMA synchronous'),
  })
  await promise((done) => insert.finalize(done))
  await promise((done) => database.close(done))
  return { items: rows.length, ...report, engine }
}
