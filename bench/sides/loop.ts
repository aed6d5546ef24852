import type Database from 'better-sqlite3'
import { inTurn } from '../measure/in-turn.js'
import { chunk, createRows, type Row } from '../rows.js'
import { pathIn } from './convodb.js'
import { assertStored } from './engine.js'
import { createIntegerKeyStore } from './loop-integer-keys.js'
import { createTextKeyStore } from './loop-text-keys.js'
import type { Measured, SideInput } from './side.js'
import { describeSqlite, openConvoDbFile, openSqlite } from './sqlite.js'
import { textKeySchema } from './text-key-schema.js'

/** Stores rows inside transactions that the loop opens and commits. */
export interface Store {
  store(rows: readonly Row[]): void
  /** What is left to do at the end, in a transaction of its own. */
  finish(): void
}

/** better-sqlite3 on the calling thread, `rowsPerCall` messages a transaction. */
async function runLoop(
  { rows: count, rowsPerCall }: SideInput,
  database: Database.Database,
  { store, finish }: Store,
): Promise<Measured> {
  const rows = createRows(count)
  const storeMany = database.transaction(store)
  const report = await inTurn(chunk(rows, rowsPerCall), 1, (batch) => storeMany.immediate(batch))
  database.transaction(finish).immediate()
  assertStored(database.prepare('SELECT count(*) FROM messages').pluck().get(), count)
  assertStored(database.prepare('SELECT sum(message_count) FROM channels').pluck().get(), count)
  const engine = describeSqlite(database)
  database.close()
  return { items: count, ...report, engine }
}

/** As many as ConvoDB's writer leaves unindexed. */
const indexedLater = 8192

/** Over ConvoDB's own file, as fast as a careful person makes it; every transaction leaves all tables whole. */
export async function loopIntegerKeys(input: SideInput): Promise<Measured> {
  const database = await openConvoDbFile(pathIn(input.folder))
  return runLoop(input, database, createIntegerKeyStore(database, 1))
}

/** The same, merging as seldom as ConvoDB's writer does. */
export async function loopMergingLater(input: SideInput): Promise<Measured> {
  const database = await openConvoDbFile(pathIn(input.folder))
  return runLoop(input, database, createIntegerKeyStore(database, indexedLater))
}

/** The same loop over the original's schema. */
export async function loopTextKeys(input: SideInput): Promise<Measured> {
  const database = openSqlite(pathIn(input.folder))
  database.exec(textKeySchema)
  return runLoop(input, database, createTextKeyStore(database))
}
