/** The ingest thread: parses and checks what is uploaded, and hands it to the writer through a port of its own, or to PostgreSQL. */
import { parentPort, workerData } from 'node:worker_threads'
import { connectPort, openDatabase } from '../main/index.js'
import { ingestLines } from './ingest/thread/ingest-lines.js'
import type { ThreadMessage, WayToDatabase } from './ingest/messages.js'

/** Uploads bound what is under way by themselves; they are never to be refused here. */
const queue = { maxQueuedOperations: 1_000_000, maxQueuedBytes: 2 ** 31 - 1 }

const way: WayToDatabase = workerData
const connecting =
  'port' in way
    ? connectPort(way.port, queue)
    : openDatabase(way.postgres.url, { ...way.postgres.options, ...queue, create: false, readers: 1 })

// It may be ended from now on.
void connecting.finally(() => parentPort?.postMessage('loaded')).catch(() => undefined)

parentPort?.on('message', (message: ThreadMessage) => {
  if (message.kind === 'close') void close()
  else void ingestLines(connecting, message.port, message.settings)
})

async function close(): Promise<void> {
  parentPort?.close()
  await connecting.then((db) => db.close()).catch(() => undefined)
}
