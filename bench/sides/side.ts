import type { GrowthLook } from '../growing/figures.js'
import type { EventLoopReport } from '../measure/event-loop.js'
import type { GrowthPoint } from '../measure/growth.js'
import type { Quantiles } from '../measure/statistics.js'

/** What one run of one side gets; a side ignores what it has no use for. */
export interface SideInput {
  /** An empty folder of its own. */
  readonly folder: string
  /** Messages to store, or to have stored before reading. */
  readonly rows: number
  /** Messages that one call or one transaction carries. */
  readonly rowsPerCall: number
  /** Pages, look-ups or round trips to make. */
  readonly reads: number
  /** Calls under way at once; for Python: threads. */
  readonly concurrency: number
  /** ConvoDB's reader threads. */
  readonly readers: number
  /** How many messages arrive a second, where they do at a rate. */
  readonly perSecond?: number
  /** Of the messages' embeddings, where they have any. */
  readonly dimension?: number
}

/** What one run of one side measured. */
export interface Measured {
  /** Messages stored or reads made. */
  readonly items: number
  readonly elapsedMs: number
  /** What did the work: library, SQLite version and durability, read back rather than assumed. */
  readonly engine: string
  readonly latencyMs?: Quantiles
  /** Of the thread that makes the calls. */
  readonly eventLoop?: EventLoopReport
  /** Of the process that has the database. */
  readonly peakRssMib?: number
  /** Of the process when it has done what is measured. */
  readonly rssMib?: number
  /** Messages stored a second while the reads went on. */
  readonly writesPerSecond?: number
  readonly growth?: readonly GrowthPoint[]
  readonly looks?: readonly GrowthLook[]
  readonly agreement?: Agreement
  /** Of the ten best, the share that was found. */
  readonly recall?: number
  readonly quality?: Quality
}

/** How well what is looked for is found. */
interface Quality {
  readonly recallAt1: number
  readonly recallAt5: number
  readonly recallAt20: number
  readonly recallAt50: number
  /** The mean of 1 / rank. */
  readonly reciprocalRank: number
}

/** How well segments are the annotated conversations, each 0 to 1 (bench/segmenting/scores.ts). */
interface Agreement {
  readonly oneToOne: number
  readonly variation: number
  /** Of the excerpts. */
  readonly meanOneToOne: number
  readonly meanVariation: number
}

/** One side of a comparison: prepares what it needs, then measures only what the case is about. */
export type Side = (input: SideInput) => Promise<Measured>
