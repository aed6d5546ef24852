import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { watchEventLoop } from './event-loop.js'
import type { ParallelReport } from './in-parallel.js'
import type { Beat } from './metronome-thread.js'
import { quantiles } from './statistics.js'

const nanosecondsPerMs = 1e6
const nanosecondsPerSecond = 1e9
/** What arrives before the watch begins would be late. */
const leadMs = 100

/**
 * Runs `work` for every item as they arrive: so many a second, told by another thread, whatever the answers do (an open loop).
 * A latency is the time from when an item was due to its answer, so that what waited before its call counts.
 */
export async function atRate<Item>(
  items: readonly Item[],
  perSecond: number,
  work: (item: Item) => Promise<unknown>,
): Promise<ParallelReport> {
  const latenciesMs = new Float64Array(items.length)
  const stopWatching = await watchEventLoop()
  const startNs = process.hrtime.bigint() + BigInt(leadMs * nanosecondsPerMs)
  const startMs = performance.now() + leadMs
  const answer = async (item: Item, index: number): Promise<void> => {
    await work(item)
    const elapsedNs = Number(process.hrtime.bigint() - startNs)
    latenciesMs[index] = (elapsedNs - ((index + 1) / perSecond) * nanosecondsPerSecond) / nanosecondsPerMs
  }
  const beat: Beat = { perSecond, count: items.length, startNs }
  const metronome = new Worker(new URL('metronome-thread.js', import.meta.url), { workerData: beat })
  let next = 0
  // Each is settled into a value, since it may end long before it is waited for.
  const answers: Promise<Error | undefined>[] = []
  metronome.on('message', (due: number) => {
    for (; next < due; next += 1) {
      const item = items[next]
      if (item !== undefined) answers.push(answer(item, next).then(undefined, toError))
    }
  })
  await once(metronome, 'exit')
  const failure = (await Promise.all(answers)).find((error) => error !== undefined)
  if (failure !== undefined) throw failure
  const elapsedMs = performance.now() - startMs
  return { elapsedMs, eventLoop: await stopWatching(), latencyMs: quantiles(latenciesMs) }
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
