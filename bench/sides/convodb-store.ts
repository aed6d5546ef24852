import { inParallel } from '../measure/in-parallel.js'
import { createRows } from '../rows.js'
import { finishConvoDb, openConvoDb } from './convodb.js'
import type { Side } from './side.js'

/** ConvoDB, one call a message: every call resolves after its own commit. */
export const convoDbStore: Side = async (input) => {
  const rows = createRows(input.rows)
  await using db = await openConvoDb(input)
  const report = await inParallel(rows, input.concurrency, (row) => db.storeMessage(row))
  return { items: rows.length, ...report, engine: await finishConvoDb(db, rows.length) }
}
