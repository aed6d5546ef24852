import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { measureSyncMs } from './sync-probe.js'

/** How fast the machine is at this moment: two pieces of work that are the same each time. */
export interface Calibration {
  /** Of a loop without memory or disk, on all cores at once; the slowest core's. */
  readonly loopMs: number
  /** Of a write of 4 KiB and its fsync, median. */
  readonly syncMs: number
}

/** Takes some 100 ms. */
export async function calibrate(folder: string): Promise<Calibration> {
  const loops = await Promise.all(Array.from({ length: availableParallelism() }, timeLoop))
  return { loopMs: Math.max(...loops), syncMs: measureSyncMs(folder) }
}

async function timeLoop(): Promise<number> {
  const worker = new Worker(new URL('loop-thread.js', import.meta.url))
  const [[loopMs]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
  return Number(loopMs)
}

/** The faster one of each. */
export const fastest = (one: Calibration, other: Calibration): Calibration => ({
  loopMs: Math.min(one.loopMs, other.loopMs),
  syncMs: Math.min(one.syncMs, other.syncMs),
})
