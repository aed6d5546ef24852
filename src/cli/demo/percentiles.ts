import type { LatencyMs } from '../../main/index.js'

/** The nearest-rank percentiles of measured times; undefined when nothing was measured. */
export function percentiles(timesMs: readonly number[]): LatencyMs | undefined {
  if (timesMs.length === 0) return undefined
  const sorted = timesMs.toSorted((left, right) => left - right)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
