import type { MetricName } from '../run/metrics.js'

/** What a case must show: a side's figure, as it is or divided by other sides' figure, within a limit. */
export interface Target {
  readonly side: string
  readonly metric: MetricName
  readonly relation: 'at least' | 'at most'
  readonly limit: number
  /** Without it the figure itself is held against the limit. */
  readonly against?: {
    readonly sides: readonly string[]
    /** Of several sides: the best one's figure, or all of them added up. */
    readonly take: 'best' | 'sum'
  }
}

/** `atLeast(5, 'store', 'perSecond', ['node-sqlite3', 'libsql'])`: five times the better one of the two. */
export const atLeast = (
  limit: number,
  side: string,
  metric: MetricName,
  best?: readonly string[],
): Target => ({
  side,
  metric,
  relation: 'at least',
  limit,
  ...(best !== undefined && { against: { sides: best, take: 'best' } }),
})

export const atMost = (
  limit: number,
  side: string,
  metric: MetricName,
  best?: readonly string[],
): Target => ({
  ...atLeast(limit, side, metric, best),
  relation: 'at most',
})

export const atMostSum = (
  limit: number,
  side: string,
  metric: MetricName,
  sum: readonly string[],
): Target => ({
  ...atMost(limit, side, metric),
  against: { sides: sum, take: 'sum' },
})
