import { atRate } from '../measure/at-rate.js'
import { createRows } from '../rows.js'
import { finishConvoDb, openConvoDb } from './convodb.js'
import type { Side } from './side.js'

/** Before anything is measured, so that code is compiled and channels are there. */
const warmUpSeconds = 2

/** ConvoDB, one call a message as they arrive: so many a second, each with its own commit. */
export const convoDbPaced: Side = async (input) => {
  const { perSecond = 1 } = input
  const warmUp = createRows(warmUpSeconds * perSecond)
  const rows = createRows(input.rows, warmUp.length)
  await using db = await openConvoDb(input)
  await atRate(warmUp, perSecond, (row) => db.storeMessage(row))
  const report = await atRate(rows, perSecond, (row) => db.storeMessage(row))
  return { items: rows.length, ...report, engine: await finishConvoDb(db, warmUp.length + rows.length) }
}
