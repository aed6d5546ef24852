import { parentPort, workerData } from 'node:worker_threads'

/** Tells how many arrivals are due, at the time each of them is; an arrival is never late for what the answers do. */
export interface Beat {
  readonly perSecond: number
  readonly count: number
  /** Of `process.hrtime`, which all threads share. */
  readonly startNs: bigint
}

const { perSecond, count, startNs }: Beat = workerData
const nanosecondsPerSecond = 1e9
const nanosecondsPerMs = 1e6
const asleep = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

let sent = 0
while (sent < count) {
  const elapsedNs = Number(process.hrtime.bigint() - startNs)
  const due = Math.min(count, Math.floor((elapsedNs * perSecond) / nanosecondsPerSecond))
  if (due > sent) {
    sent = due
    parentPort?.postMessage(sent)
  }
  const nextNs = ((sent + 1) / perSecond) * nanosecondsPerSecond
  Atomics.wait(asleep, 0, 0, Math.max(0, (nextNs - elapsedNs) / nanosecondsPerMs))
}
