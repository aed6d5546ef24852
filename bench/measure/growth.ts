import { createRows, type Row } from '../rows.js'
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
  store(rows: readonly Row[]): Promise<unknown>
  readPage(index: number): Promise<unknown>
}

const bytesPerMib = 1024 ** 2

/** Fills a store in equal steps and looks at it after each. */
export async function measureGrowth(
  { store, readPage }: GrowingStore,
  { rows, rowsPerStep, pages }: { rows: number; rowsPerStep: number; pages: number },
): Promise<readonly GrowthPoint[]> {
  const points: GrowthPoint[] = []
  for (let messages = 0; messages < rows; messages += rowsPerStep) {
    const elapsedMs = await storeStep(store, Math.min(rowsPerStep, rows - messages), messages)
    const pageMs = await pageLatencyMs(readPage, pages)
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    points.push({
      messages: messages + rowsPerStep,
      perSecond: rowsPerStep / (elapsedMs / 1000),
      pageMs,
      heapMib: heapUsed / bytesPerMib,
      rssMib: rss / bytesPerMib,
    })
  }
  return points
}

/** The rows are made ahead of the clock and dropped before the heap is looked at. */
async function storeStep(store: GrowingStore['store'], count: number, first: number): Promise<number> {
  const rows = createRows(count, first)
  const startMs = performance.now()
  await store(rows)
  return performance.now() - startMs
}

async function pageLatencyMs(readPage: GrowingStore['readPage'], pages: number): Promise<number> {
  const latenciesMs: number[] = []
  for (let index = 0; index < pages; index += 1) {
    const startMs = performance.now()
    await readPage(index)
    latenciesMs.push(performance.now() - startMs)
  }
  return median(latenciesMs)
}
