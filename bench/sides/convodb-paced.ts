import { atRate } from '../measure/at-rate.js'
import { createRow } from '../rows.js'
import { finishConvoDb, openConvoDb } from './convodb.js'
import type { Side } from './side.js'

/** Before anything is measured, so that code is compiled and channels are there. */
const warmUpSeconds = 2

/** ConvoDB, one call a message as they arrive: so many a second, each with its own commit. */
export const convoDbPaced: Side = async (input) => {
  const { perSecond = 1 } = input
  const warmUp = warmUpSeconds * perSecond
  await using db = await openConvoDb(input)
  await atRate(warmUp, perSecond, (number) => db.storeMessage(createRow(number)))
  const report = await atRate(input.rows, perSecond, (number) => db.storeMessage(createRow(warmUp + number)))
  return { items: input.rows, ...report, engine: await finishConvoDb(db, warmUp + input.rows) }
}
