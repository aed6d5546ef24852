export interface OverloadTask {
  readonly path: string
  readonly seconds: number
  /** Calls offered a second, as a multiple of what the database can do. */
  readonly factor: number
  /** How many calls may wait, as milliseconds of work; null for ten million of them, which is as good as no bound. */
  readonly queuedWorkMs: number | null
}

export interface MemoryReport {
  /** Heap and what hangs on it: the most, beyond what there was before. */
  readonly heapGrowthBytes: number
  readonly rssGrowthBytes: number
}

export interface OverloadReport extends MemoryReport {
  /** Calls a second with 2,000 in flight. */
  readonly capacity: number
  readonly maxQueuedOperations: number
  readonly offered: number
  readonly offeredPerSecond: number
  /** Of the calls offered. */
  readonly stored: number
  readonly refused: number
  readonly refusedLate: number
  readonly otherErrors: readonly string[]
  /** Messages whose storing was acknowledged, and of these those that are not there. */
  readonly acknowledged: number
  readonly lost: number
  /** Messages that are there. */
  readonly messages: number
  readonly longestTurnMs: number
  readonly turnMsPercentile99: number
  /** A call by itself: before the load, the very first after it (behind what still waits), and a second later. */
  readonly loneBeforeMs: number
  readonly firstAfterMs: number
  readonly loneAfterMs: number
}
