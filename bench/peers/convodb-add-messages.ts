import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { inParallel } from '../measure/in-parallel.js'
import type { Peer } from '../peer.js'
import { createRows } from '../rows.js'
import { sqliteVersion } from './sqlite.js'

export const messagesPerCall = 1000
export const callsInFlight = 4

/** ConvoDB, many messages a call. */
export const convoDbAddMessages: Peer = async ({ folder, rows: count }) => {
  const rows = createRows(count)
  const batches = Array.from({ length: Math.ceil(count / messagesPerCall) }, (_, index) =>
    rows.slice(index * messagesPerCall, (index + 1) * messagesPerCall),
  )
  await using db = await openDatabase(join(folder, 'bench.db'), { durability: 'full' })
  const startMs = performance.now()
  await inParallel(batches, callsInFlight, (batch) => db.addMessages(batch))
  const elapsedMs = performance.now() - startMs
  return { items: count, elapsedMs, sqliteVersion: sqliteVersion() }
}
