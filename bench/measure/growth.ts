import { createGrowingRows } from '../growing/rows.js'
import type { GrowthLook } from '../growing/figures.js'
import type { Row } from '../rows.js'
import { median } from './statistics.js'

/** How a store fared at one size. */
export interface GrowthPoint {
  /** Messages stored by now. */
  readonly messages: number
  /** Messages stored a second since the point before. */
  readonly perSecond: number
  /** Of one page of 100, one at a time, median. */
  readonly pageMs: number
  /** Of the calling thread after a garbage collection. */
  readonly heapMib: number
  /** Of the whole process, all threads. */
  readonly rssMib: number
}

export interface GrowingStore {
  /** Stores so many and deletes them: code that runs for the first time is slow, and would hide what grows. */
  warmUp?(count: number): Promise<unknown>
  store(rows: readonly Row[]): Promise<unknown>
  readPage(index: number): Promise<unknown>
  /** What belongs to the messages that were stored last, `count` from `first` on. */
  storeMore?(first: number, count: number): Promise<GrowthLook['figures']>
  /** A close look, at a few sizes. */
  look?(messages: number): Promise<GrowthLook['figures']>
}

export interface GrowthReport {
  /** After each step. */
  readonly growth: readonly GrowthPoint[]
  /** After the first step, ten times as much, a hundred times as much. */
  readonly looks: readonly GrowthLook[]
}

const bytesPerMib = 1024 ** 2
const microsecondsPerSecond = 1e6

/** Fills a store in equal steps; looks at it after each, and closely at each power of ten of them. */
export async function measureGrowth(
  store: GrowingStore,
  { rows, rowsPerStep, pages }: { rows: number; rowsPerStep: number; pages: number },
): Promise<GrowthReport> {
  const growth: GrowthPoint[] = []
  const looks: GrowthLook[] = []
  await store.warmUp?.(rowsPerStep)
  for (let first = 0; first < rows; first += rowsPerStep) {
    const messages = first + rowsPerStep
    const elapsedMs = await storeStep(store, rowsPerStep, first)
    const more = await store.storeMore?.(first, rowsPerStep)
    const pageMs = await pageLatencyMs(store, pages)
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    const point = {
      messages,
      perSecond: rowsPerStep / (elapsedMs / 1000),
      pageMs,
      heapMib: heapUsed / bytesPerMib,
      rssMib: rss / bytesPerMib,
    }
    growth.push(point)
    if (!isPowerOfTen(messages / rowsPerStep)) continue
    looks.push({
      messages,
      figures: {
        storeUs: microsecondsPerSecond / point.perSecond,
        heapMib: point.heapMib,
        rssMib: point.rssMib,
        ...more,
        ...(await store.look?.(messages)),
      },
    })
  }
  return { growth, looks }
}

const isPowerOfTen = (steps: number): boolean => Number.isInteger(Math.log10(steps))

/** The rows are made ahead of the clock and dropped before the heap is looked at. */
async function storeStep({ store }: GrowingStore, count: number, first: number): Promise<number> {
  const rows = createGrowingRows(count, first)
  const startMs = performance.now()
  await store(rows)
  return performance.now() - startMs
}

async function pageLatencyMs({ readPage }: GrowingStore, pages: number): Promise<number> {
  const latenciesMs: number[] = []
  for (let index = 0; index < pages; index += 1) {
    const startMs = performance.now()
    await readPage(index)
    latenciesMs.push(performance.now() - startMs)
  }
  return median(latenciesMs)
}
