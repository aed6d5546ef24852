import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { connectPort } from 'convodb'
import { inParallel } from '../measure/in-parallel.js'
import { createRows } from '../rows.js'

/** Stores its share of the rows through a port when told to start. */
interface ThreadInput {
  readonly port: MessagePort
  readonly rows: number
  readonly index: number
  readonly threads: number
  readonly concurrency: number
  /** Two flags: go, and how many threads are done. */
  readonly flags: Int32Array
}

const { port, rows, index, threads, concurrency, flags }: ThreadInput = workerData
const share = createRows(rows).filter((_, row) => row % threads === index)
const db = await connectPort(port)
parentPort?.postMessage('ready', [])
Atomics.wait(flags, 0, 0)
const { eventLoop } = await inParallel(share, concurrency, (row) => db.storeMessage(row))
Atomics.add(flags, 1, 1)
Atomics.notify(flags, 1)
await db.close()
parentPort?.postMessage(eventLoop, [])
parentPort?.close()
