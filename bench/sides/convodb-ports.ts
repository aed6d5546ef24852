import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { EventLoopReport } from '../measure/event-loop.js'
import { finishConvoDb, openConvoDb } from './convodb.js'
import type { Side } from './side.js'

const threads = 4

/** Waits until all threads are done, and gives way to nothing meanwhile. */
async function compute(flags: Int32Array): Promise<void> {
  while (Atomics.load(flags, 1) < threads);
}

/** Looks now and then, and leaves the cores to the threads. */
async function idle(flags: Int32Array): Promise<void> {
  while (Atomics.load(flags, 1) < threads) await wait(1)
}

const storeThroughPorts =
  (untilDone: (flags: Int32Array) => Promise<void>): Side =>
  async (input) => {
    await using db = await openConvoDb(input)
    const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
    const workers = Array.from({ length: threads }, (_, index) => {
      const port = db.createPort()
      const concurrency = Math.ceil(input.concurrency / threads)
      const workerData = { port, rows: input.rows, index, threads, concurrency, flags }
      return new Worker(new URL('port-thread.js', import.meta.url), { workerData, transferList: [port] })
    })
    const ended = workers.map((worker) => once(worker, 'exit'))
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const startMs = performance.now()
    Atomics.store(flags, 0, 1)
    Atomics.notify(flags, 0)
    const reported = workers.map(hearReport)
    await untilDone(flags)
    const elapsedMs = performance.now() - startMs
    const eventLoop = addUp(await Promise.all(reported))
    await Promise.all(ended)
    return { items: input.rows, elapsedMs, eventLoop, engine: await finishConvoDb(db, input.rows) }
  }

function hearReport(worker: Worker): Promise<EventLoopReport>
function hearReport(worker: Worker): Promise<unknown> {
  return once(worker, 'message').then(([report]) => report)
}

/** What all threads that call have to do, and the delay of the one that has the longest. */
function addUp(reports: readonly EventLoopReport[]): EventLoopReport {
  const longest = reports.toSorted((one, other) => other.delayMs.p99 - one.delayMs.p99)[0]
  if (longest === undefined) throw new Error('No thread said how it fared')
  return {
    utilization: reports.reduce((sum, { utilization }) => sum + utilization, 0),
    delayMs: longest.delayMs,
  }
}

/** Four threads store through ports while the main thread waits. */
export const convoDbPorts = storeThroughPorts(idle)

/** The same while the main thread computes without a pause. */
export const convoDbPortsBusy = storeThroughPorts(compute)
