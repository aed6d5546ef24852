import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { inParallel } from '../measure/in-parallel.js'
import type { Peer } from '../peer.js'
import { channelToRead, createRows } from '../rows.js'
import { sqliteVersion } from './sqlite.js'

export const callsInFlight = 64
export const messagesPerPage = 100

/** ConvoDB: the latest page of one channel after another through one reader thread. */
export const convoDbPages: Peer = async ({ folder, rows, pages }) => {
  await using db = await openDatabase(join(folder, 'bench.db'), { readers: 1 })
  await db.addMessages(createRows(rows))
  const channelIds = Array.from({ length: pages }, (_, index) => channelToRead(index))
  const startMs = performance.now()
  await inParallel(channelIds, callsInFlight, (channelId) =>
    db.getMessages({ channelId, limit: messagesPerPage }),
  )
  const elapsedMs = performance.now() - startMs
  return { items: pages, elapsedMs, sqliteVersion: sqliteVersion() }
}
