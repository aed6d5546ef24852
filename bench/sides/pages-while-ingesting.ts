import { setImmediate as nextTurn } from 'node:timers/promises'
import { inParallel } from '../measure/in-parallel.js'
import { quantiles } from '../measure/statistics.js'
import { createRows, type Row } from '../rows.js'
import { describeConvoDb, openConvoDb } from './convodb.js'
import { createArchive } from './reads/archive.js'
import { pages } from './reads/pages.js'
import type { Side } from './side.js'

/** One page after another for as long as `rows` more messages are stored, `concurrency` calls of that in flight. */
export const pagesWhileIngesting: Side = async (input) => {
  const archive = await createArchive(input.folder, input.rows)
  const rows = createRows(input.rows, input.rows)
  await using db = await openConvoDb(input)
  const read = pages.viaFacade(db, archive)
  const progress = { stored: 0 }
  const store = async (row: Row): Promise<void> => {
    await db.storeMessage(row)
    progress.stored += 1
  }
  const ingest = inParallel(rows, input.concurrency, store)
  while (progress.stored === 0) await nextTurn()
  const latenciesMs: number[] = []
  const startMs = performance.now()
  // At least one: few messages may all be stored by one commit.
  do {
    const callMs = performance.now()
    await read(latenciesMs.length)
    latenciesMs.push(performance.now() - callMs)
  } while (progress.stored < rows.length)
  const elapsedMs = performance.now() - startMs
  const { eventLoop, elapsedMs: ingestMs } = await ingest
  return {
    items: latenciesMs.length,
    elapsedMs,
    latencyMs: quantiles(latenciesMs),
    eventLoop,
    writesPerSecond: rows.length / (ingestMs / 1000),
    engine: await describeConvoDb(db),
  }
}
