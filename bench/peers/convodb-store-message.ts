import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { watchEventLoop } from '../measure/event-loop.js'
import { inParallel } from '../measure/in-parallel.js'
import type { Peer } from '../peer.js'
import { createRows } from '../rows.js'
import { sqliteVersion } from './sqlite.js'

export const callsInFlight = 2000

/** ConvoDB, one call a message: every call resolves after its own commit. */
export const convoDbStoreMessage: Peer = async ({ folder, rows: count }) => {
  const rows = createRows(count)
  await using db = await openDatabase(join(folder, 'bench.db'), { durability: 'full' })
  const stopWatching = watchEventLoop()
  const startMs = performance.now()
  await inParallel(rows, callsInFlight, (row) => db.storeMessage(row))
  const elapsedMs = performance.now() - startMs
  return { items: count, elapsedMs, sqliteVersion: sqliteVersion(), eventLoop: stopWatching() }
}
