/** The middle of the values; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return (lower + upper) / 2
}

/** The shares of a distribution that reports show, by name. */
const shares = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999, max: 1 } as const

export type ShareName = keyof typeof shares

/** A distribution in short: for each share of the values, the value that this share does not exceed. */
export type Quantiles = Readonly<Record<ShareName, number>>

export const shareNames: readonly ShareName[] = ['p50', 'p90', 'p95', 'p99', 'p999', 'max']

/** Builds quantiles from a function that knows one. */
export const quantilesBy = (valueOf: (share: number, name: ShareName) => number): Quantiles => ({
  p50: valueOf(shares.p50, 'p50'),
  p90: valueOf(shares.p90, 'p90'),
  p95: valueOf(shares.p95, 'p95'),
  p99: valueOf(shares.p99, 'p99'),
  p999: valueOf(shares.p999, 'p999'),
  max: valueOf(shares.max, 'max'),
})

/** Nearest rank: always one of the values. */
export function quantiles(values: Float64Array): Quantiles {
  const sorted = values.toSorted()
  return quantilesBy((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN)
}

/** Several rounds as one: the median of each quantile. */
export const medianQuantiles = (rounds: readonly Quantiles[]): Quantiles =>
  quantilesBy((_, name) => median(rounds.map((round) => round[name])))
