import { growingConvoDb } from '../growing/store.js'
import { measureGrowth, type GrowingStore } from '../measure/growth.js'
import { chunk } from '../rows.js'
import { Vectors } from '../vectors.js'
import { finishConvoDb, openConvoDb, pathIn } from './convodb.js'
import { assertStored } from './engine.js'
import { createIntegerKeyStore } from './loop-integer-keys.js'
import { pages } from './reads/pages.js'
import type { Measured, Side, SideInput } from './side.js'
import { describeSqlite, openConvoDbFile } from './sqlite.js'

const rowsPerTransaction = 5000
const usualBackup = { watchMs: 1500, openings: 5 }
const shortBackup = { watchMs: 200, openings: 1 }

async function grow(
  store: GrowingStore,
  { rows, rowsPerCall, reads }: SideInput,
): Promise<Omit<Measured, 'engine'>> {
  const startMs = performance.now()
  const report = await measureGrowth(store, { rows, rowsPerStep: rowsPerCall, pages: reads })
  return { items: rows, elapsedMs: performance.now() - startMs, ...report }
}

/** ConvoDB, one call a message; `rowsPerCall` a step. */
export const growConvoDb: Side = async (input) => {
  await using db = await openConvoDb(input)
  const { concurrency, reads } = input
  const isShort = reads < 100
  const store = growingConvoDb(db, {
    vectors: new Vectors(input),
    concurrency,
    reads,
    ...(isShort ? shortBackup : usualBackup),
  })
  const report = await grow(store, input)
  return { ...report, engine: await finishConvoDb(db, input.rows) }
}

/** The hand-tuned loop over ConvoDB's schema, pages read directly. */
export const growLoop: Side = async (input) => {
  const database = await openConvoDbFile(pathIn(input.folder))
  const { store, finish } = createIntegerKeyStore(database, 1)
  const storeMany = database.transaction(store)
  const read = pages.direct(database, { messageIds: [], segmentIds: [] })
  const report = await grow(
    {
      store: async (rows) => {
        for (const batch of chunk(rows, rowsPerTransaction)) storeMany.immediate(batch)
      },
      readPage: async (index) => read(index),
    },
    input,
  )
  database.transaction(finish).immediate()
  assertStored(database.prepare('SELECT count(*) FROM messages').pluck().get(), input.rows)
  const engine = describeSqlite(database)
  database.close()
  return { ...report, engine }
}
