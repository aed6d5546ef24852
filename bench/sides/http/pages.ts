import { inParallel } from '../../measure/in-parallel.js'
import { channelToRead, chunk, createRows } from '../../rows.js'
import { pathIn } from '../convodb.js'
import { createArchive } from '../reads/archive.js'
import type { Side } from '../side.js'
import { ServerProcess } from './server-process.js'

const messagesPerPage = 100
const messagesPerRequest = 500

/** The latest 100 messages of one channel after another, asked for over HTTP; the event loop is the server's. */
export const pagesOverHttp =
  (way: 'convodb' | 'usual', isIngesting: boolean): Side =>
  async ({ folder, rows, reads, readers, concurrency }) => {
    await createArchive(folder, rows)
    const server = await ServerProcess.start(way, pathIn(folder), readers)
    const read = (index: number): Promise<number> =>
      server.ask('GET', `/v1/channels/${channelToRead(index)}/messages?limit=${messagesPerPage}`)
    const indexes = Array.from({ length: reads }, (_, index) => index)
    // Code that runs for the first time is slow, on both sides.
    await inParallel(indexes.slice(0, reads / 10), concurrency, read)
    await server.watch()
    const stop = { isAsked: false }
    const ingesting = isIngesting ? ingest(server, rows, stop) : undefined
    const { elapsedMs, latencyMs } = await inParallel(indexes, concurrency, read)
    stop.isAsked = true
    const eventLoop = await server.report()
    const stored = await ingesting
    const { engine } = server
    await server.close()
    return {
      items: reads,
      elapsedMs,
      latencyMs,
      eventLoop,
      engine,
      ...(stored !== undefined && { writesPerSecond: stored / (elapsedMs / 1000) }),
    }
  }

/** One request of 500 messages after another; gives how many were stored. */
async function ingest(
  server: ServerProcess,
  first: number,
  stop: { readonly isAsked: boolean },
): Promise<number> {
  let stored = 0
  while (!stop.isAsked) {
    for (const messages of chunk(createRows(20_000, first + stored), messagesPerRequest)) {
      await server.ask('POST', '/v1/messages:batch', JSON.stringify({ messages }))
      stored += messages.length
      if (stop.isAsked) break
    }
  }
  return stored
}
