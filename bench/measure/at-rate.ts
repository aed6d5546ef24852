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
 * Does `work` so many times a second, told by another thread, whatever the answers do (an open loop). A latency is the time from when
 * it was due to its answer, so that what waited before its call counts. Nothing is kept of a call that was answered, as a program
 * keeps nothing: collecting half a million promises would be what is measured.
 */
export async function atRate(
  count: number,
  perSecond: number,
  work: (number: number) => Promise<unknown>,
): Promise<ParallelReport> {
  const latenciesMs = new Float64Array(count)
  const stopWatching = await watchEventLoop()
  const startNs = process.hrtime.bigint() + BigInt(leadMs * nanosecondsPerMs)
  const startMs = performance.now() + leadMs
  let failure: unknown
  let answered = 0
  let onAnswered: () => void = () => undefined
  const answer = async (number: number): Promise<void> => {
    try {
      await work(number)
      const elapsedNs = Number(process.hrtime.bigint() - startNs)
      latenciesMs[number] = (elapsedNs - ((number + 1) / perSecond) * nanosecondsPerSecond) / nanosecondsPerMs
    } catch (error) {
      failure ??= error
    }
    answered += 1
    if (answered === count) onAnswered()
  }
  const allAnswered = new Promise<void>((resolve) => (onAnswered = resolve))
  const beat: Beat = { perSecond, count, startNs }
  const metronome = new Worker(new URL('metronome-thread.js', import.meta.url), { workerData: beat })
  let next = 0
  metronome.on('message', (due: number) => {
    for (; next < due; next += 1) void answer(next)
  })
  await once(metronome, 'exit')
  await allAnswered
  if (failure !== undefined) throw failure
  const elapsedMs = performance.now() - startMs
  return { elapsedMs, eventLoop: await stopWatching(), latencyMs: quantiles(latenciesMs) }
}
