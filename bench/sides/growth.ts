import { inParallel } from '../measure/in-parallel.js'
import { measureGrowth, type GrowingStore } from '../measure/growth.js'
import { chunk } from '../rows.js'
import { finishConvoDb, openConvoDb, pathIn } from './convodb.js'
import { assertStored } from './engine.js'
import { createIntegerKeyStore } from './loop-integer-keys.js'
import { pages } from './reads/pages.js'
import type { Measured, Side, SideInput } from './side.js'
import { describeSqlite, openConvoDbFile } from './sqlite.js'

const usualStep = 100_000
const fewestSteps = 5
const nothing = { messageIds: [], segmentIds: [] }
const rowsPerTransaction = 5000

async function grow(store: GrowingStore, { rows, reads }: SideInput): Promise<Omit<Measured, 'engine'>> {
  const startMs = performance.now()
  const rowsPerStep = Math.min(usualStep, Math.ceil(rows / fewestSteps))
  const growth = await measureGrowth(store, { rows, rowsPerStep, pages: reads })
  return { items: rows, elapsedMs: performance.now() - startMs, growth }
}

/** ConvoDB, one call a message. */
export const growConvoDb: Side = async (input) => {
  await using db = await openConvoDb(input)
  const report = await grow(
    {
      store: (rows) => inParallel(rows, input.concurrency, (row) => db.storeMessage(row)),
      readPage: pages.viaFacade(db, nothing),
    },
    input,
  )
  return { ...report, engine: await finishConvoDb(db, input.rows) }
}

/** The hand-tuned loop over ConvoDB's schema, pages read directly. */
export const growLoop: Side = async (input) => {
  const database = await openConvoDbFile(pathIn(input.folder))
  const { store, finish } = createIntegerKeyStore(database, 1)
  const storeMany = database.transaction(store)
  const read = pages.direct(database, nothing)
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
