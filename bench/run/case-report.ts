import type { BenchCase, CaseSide } from '../cases/case.js'
import type { GrowthLook } from '../growing/figures.js'
import type { GrowthPoint } from '../measure/growth.js'
import type { Load } from '../measure/load.js'
import type { Quantiles } from '../measure/statistics.js'
import type { Disturbance } from './disturbance.js'
import type { MetricName } from './metrics.js'
import type { TargetReport } from './target-report.js'

/** One figure over all rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  /** One a round. */
  readonly values: readonly number[]
}

/** A side that ran, all its rounds together. */
export interface SideReport extends Pick<CaseSide, 'name' | 'label' | 'line' | 'side' | 'input'> {
  readonly engine: string
  readonly metrics: { readonly [Name in MetricName]?: Spread }
  /** By the case's first metric, how many times each baseline's median; baselines that were skipped are missing. */
  readonly ratios: Readonly<Record<string, number>>
  readonly latencyMs?: Quantiles
  readonly delayMs?: Quantiles
  /** Of the last round. */
  readonly growth?: readonly GrowthPoint[]
  readonly looks?: readonly GrowthLook[]
}

export interface SkippedSide {
  readonly name: string
  readonly label: string
  readonly reason: string
}

/** A run that counts although the machine disturbed it: repeating it did not help. */
interface DisturbedRun extends Disturbance {
  readonly side: string
  readonly round: number
}

export interface CaseReport extends Pick<
  BenchCase,
  'name' | 'about' | 'items' | 'metrics' | 'baselines' | 'plots'
> {
  readonly rounds: number
  readonly sides: readonly SideReport[]
  readonly skipped: readonly SkippedSide[]
  readonly targets: readonly TargetReport[]
  readonly load: Load
  /** Runs of sides that were thrown away because the machine disturbed them. */
  readonly repetitions: number
  readonly disturbed: readonly DisturbedRun[]
}
