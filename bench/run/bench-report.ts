import type { Scale } from '../cases/case.js'
import type { Machine } from '../measure/machine.js'
import type { CaseReport } from './case-report.js'

/** A whole run; `--json` prints it. */
export interface BenchReport {
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedSeconds: number
  readonly scale: Scale
  readonly machine: Machine
  /** Of the last minute, after the last case. */
  readonly loadAfter: number
  readonly cases: readonly CaseReport[]
}
