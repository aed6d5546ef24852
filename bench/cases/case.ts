import type { SideName } from '../sides/index.js'
import type { SideInput } from '../sides/side.js'
import type { MetricName } from '../run/metrics.js'
import type { Target } from './target.js'

/** How much is done: enough to see that it works, enough to mean something, or enough to see it grow. */
export type Scale = 'quick' | 'usual' | 'full'

/** One side of a case: who does the work, and how much of it in which way. */
export interface CaseSide {
  /** Within its case; targets and baselines name it. */
  readonly name: string
  readonly label: string
  /** Sides of one line in a plot over concurrency. */
  readonly line?: string
  readonly side: SideName
  readonly input: Omit<SideInput, 'folder'>
}

export type PlotName =
  | 'bars'
  | 'throughput-by-concurrency'
  | 'latency'
  | 'event-loop'
  | 'growth'
  | 'memory'
  | 'recall-by-depth'
  | 'latency-by-rows'

/** A comparison: what is measured, its sides, and what they must show. */
export interface BenchCase {
  readonly name: string
  readonly about: string
  /** What is counted: `messages`, `pages`. */
  readonly items: string
  /** The columns of its table; the first is the one that baselines are compared by. */
  readonly metrics: readonly [MetricName, ...MetricName[]]
  /** Sides that get a column of ratios against them. */
  readonly baselines: readonly string[]
  readonly rounds: Readonly<Record<Scale, number>>
  sides(scale: Scale): readonly CaseSide[]
  readonly targets: readonly Target[]
  readonly plots: readonly PlotName[]
}

export const usualRounds = { quick: 1, usual: 3, full: 5 } as const

/** Fields of an input that a side does not read. */
export const noInput = { rows: 0, rowsPerCall: 1, reads: 0, concurrency: 1, readers: 1 } as const
