import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { inParallel } from '../measure/in-parallel.js'
import { createRows } from '../rows.js'
import type { Side } from './side.js'

/** A bare worker thread that answers each message at once: what crossing threads costs before any work is done. */
export const workerRoundTrip: Side = async ({ rows: count, concurrency }) => {
  const worker = new Worker(new URL('echo-worker.js', import.meta.url))
  await once(worker, 'online')
  const waiting: (() => void)[] = []
  worker.on('message', () => waiting.shift()?.())
  const report = await inParallel(
    createRows(count),
    concurrency,
    (row) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
        worker.postMessage(row, [])
      }),
  )
  await worker.terminate()
  return { items: count, ...report, engine: `node:worker_threads ${process.version}` }
}
