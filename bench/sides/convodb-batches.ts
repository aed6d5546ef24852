import { inParallel } from '../measure/in-parallel.js'
import { chunk, createRows } from '../rows.js'
import { finishConvoDb, openConvoDb } from './convodb.js'
import type { Side } from './side.js'

/** ConvoDB, many messages a call. */
export const convoDbBatches: Side = async (input) => {
  const rows = createRows(input.rows)
  await using db = await openConvoDb(input)
  const report = await inParallel(chunk(rows, input.rowsPerCall), input.concurrency, (batch) =>
    db.addMessages(batch),
  )
  return { items: rows.length, ...report, engine: await finishConvoDb(db, rows.length) }
}
