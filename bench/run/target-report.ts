import type { Target } from '../cases/target.js'
import type { SideReport } from './case-report.js'
import { metrics } from './metrics.js'

export interface TargetReport extends Target {
  /** The figure held against the limit; null when a side it needs was skipped. */
  readonly value: number | null
  /** Null when there is no value. */
  readonly met: boolean | null
  /** What is missing from the comparison. */
  readonly missing: readonly string[]
}

type Sides = readonly Pick<SideReport, 'name' | 'metrics'>[]

/** Holds a target against what its sides measured, by medians. */
export function judgeTarget(target: Target, sides: Sides): TargetReport {
  const valueOf = (name: string): number | undefined =>
    sides.find((side) => side.name === name)?.metrics[target.metric]?.median
  const missing = [target.side, ...(target.against?.sides ?? [])].filter(
    (name) => valueOf(name) === undefined,
  )
  const own = valueOf(target.side)
  const others = (target.against?.sides ?? []).flatMap((name) => valueOf(name) ?? [])
  const value = own === undefined ? null : compare(target, own, others)
  return { ...target, value, met: value === null ? null : isWithin(target, value), missing }
}

function compare({ against, metric }: Target, own: number, others: readonly number[]): number | null {
  if (against === undefined) return own
  const isComplete = others.length === against.sides.length
  if (others.length === 0 || (against.take === 'sum' && !isComplete)) return null
  if (against.take === 'sum') return own / others.reduce((sum, value) => sum + value, 0)
  return own / (metrics[metric].better === 'more' ? Math.max(...others) : Math.min(...others))
}

const isWithin = ({ relation, limit }: Target, value: number): boolean =>
  relation === 'at least' ? value >= limit : value <= limit
