import { quantiles, type Quantiles } from './statistics.js'
import { watchEventLoop, type EventLoopReport } from './event-loop.js'

export interface ParallelReport {
  readonly elapsedMs: number
  /** Of each call, from the call to its answer. */
  readonly latencyMs: Quantiles
  readonly eventLoop: EventLoopReport
}

/**
 * Runs `work` for every item with a fixed number of calls under way, each next one starting when one is answered.
 * Costs the thread as little as it can: no closure a call, two looks at the clock.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<unknown>,
): Promise<ParallelReport> {
  const latenciesMs = new Float64Array(items.length)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index]
      if (item === undefined) continue
      const callMs = performance.now()
      await work(item)
      latenciesMs[index] = performance.now() - callMs
    }
  }
  const stopWatching = await watchEventLoop()
  const startMs = performance.now()
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane))
  const elapsedMs = performance.now() - startMs
  return { elapsedMs, eventLoop: await stopWatching(), latencyMs: quantiles(latenciesMs) }
}
