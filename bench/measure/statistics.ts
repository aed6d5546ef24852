import { createHistogram, type Histogram } from 'node:perf_hooks'

/** The middle of the values; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return (lower + upper) / 2
}

/** The percentiles that reports show, by name. */
const percentiles = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const

export type ShareName = keyof typeof percentiles

/** A distribution in short: for each share of the values, the value that this share does not exceed. */
export type Quantiles = Readonly<Record<ShareName, number>>

export const shareNames: readonly ShareName[] = ['p50', 'p90', 'p95', 'p99', 'p999', 'max']

const quantilesBy = (valueOf: (name: ShareName) => number): Quantiles => ({
  p50: valueOf('p50'),
  p90: valueOf('p90'),
  p95: valueOf('p95'),
  p99: valueOf('p99'),
  p999: valueOf('p999'),
  max: valueOf('max'),
})

const nanosecondsPerMs = 1e6

/** Of a histogram of nanoseconds, in milliseconds less `offsetMs`; no number where nothing was recorded. */
export const histogramQuantiles = (histogram: Histogram, offsetMs = 0): Quantiles =>
  quantilesBy((name) =>
    histogram.count === 0
      ? Number.NaN
      : Math.max(0, histogram.percentile(percentiles[name]) / nanosecondsPerMs - offsetMs),
  )

/** Of times in milliseconds, to three digits. Recording takes time: keep the times and hand them over when all is measured. */
export function quantiles(timesMs: Iterable<number>): Quantiles {
  const histogram = createHistogram({ figures: 3 })
  for (const timeMs of timesMs) histogram.record(Math.max(1, Math.round(timeMs * nanosecondsPerMs)))
  return histogramQuantiles(histogram)
}

/** Several rounds as one: the median of each quantile. */
export const medianQuantiles = (rounds: readonly Quantiles[]): Quantiles =>
  quantilesBy((name) => median(rounds.map((round) => round[name])))
