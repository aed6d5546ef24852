import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseManager, LatencyMs } from '../../main/index.js'
import type { Chat } from './chat.js'
import { percentiles } from './percentiles.js'
import { createRandom } from './random.js'

export interface ReadReport {
  readonly pages: number
  readonly messages: number
  /** From the call to its answer; undefined when there was no time for a single page. */
  readonly latencyMs: LatencyMs | undefined
}

export const pageSize = 50
/** A person who leafs through channels, not a load test: the reads are there to be measured. */
const pauseMs = 5

/** Reads the latest page of one channel after another until `signal` is aborted. */
export async function readMeanwhile(
  db: DatabaseManager,
  chat: Chat,
  seed: number,
  signal: AbortSignal,
): Promise<ReadReport> {
  const random = createRandom(seed)
  const timesMs: number[] = []
  let messages = 0
  while (!signal.aborted) {
    const { channelId } = chat.someChannel(random)
    const startMs = performance.now()
    const { items } = await db.getMessages({ channelId, limit: pageSize })
    timesMs.push(performance.now() - startMs)
    messages += items.length
    await sleep(pauseMs)
  }
  return { pages: timesMs.length, messages, latencyMs: percentiles(timesMs) }
}
