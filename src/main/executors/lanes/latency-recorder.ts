import { createHistogram } from 'node:perf_hooks'
import type { LatencyMs } from '../../stats.js'

/** Keeps latencies in a histogram of constant size, exact to three digits. */
export class LatencyRecorder {
  readonly #microseconds = createHistogram({ figures: 3 })

  record(milliseconds: number): void {
    this.#microseconds.record(Math.max(1, Math.round(milliseconds * 1000)))
  }

  summary(): LatencyMs {
    const histogram = this.#microseconds
    const percentile = (share: number): number =>
      histogram.count === 0 ? 0 : histogram.percentile(share) / 1000
    return {
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      max: histogram.count === 0 ? 0 : histogram.max / 1000,
    }
  }
}
