import { setImmediate as nextTurn } from 'node:timers/promises'
import { watchEventLoop } from './event-loop.js'
import type { ParallelReport } from './in-parallel.js'
import { quantiles } from './statistics.js'

/**
 * Runs synchronous work item after item. Every `itemsPerTurn` items the event loop gets a turn, as a program that lives
 * beside its loop must give it; it costs about 2 us and is part of the time.
 */
export async function inTurn<Item>(
  items: readonly Item[],
  itemsPerTurn: number,
  work: (item: Item) => unknown,
): Promise<ParallelReport> {
  const latenciesMs = new Float64Array(items.length)
  const stopWatching = await watchEventLoop()
  const startMs = performance.now()
  for (const [index, item] of items.entries()) {
    const callMs = performance.now()
    work(item)
    latenciesMs[index] = performance.now() - callMs
    if (index % itemsPerTurn === itemsPerTurn - 1) await nextTurn()
  }
  const elapsedMs = performance.now() - startMs
  return { elapsedMs, eventLoop: await stopWatching(), latencyMs: quantiles(latenciesMs) }
}
