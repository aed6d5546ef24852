import { describe, expect, it } from 'vitest'
import { median, medianQuantiles, quantiles, shareNames } from '../../bench/measure/statistics.js'

const upTo = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => count - index)

describe('median', () => {
  it('is the middle value, whatever the order', () => expect(median([9, 1, 5])).toBe(5))
  it('is the mean of the two in the middle', () => expect(median([4, 1, 2, 100])).toBe(3))
  it('of nothing is no number', () => expect(median([])).toBeNaN())
})

describe('quantiles', () => {
  it.each([0.002, 1, 5000])('are exact to three digits, whatever the size: times of %d ms', (unit) => {
    const found = quantiles(upTo(1000).map((count) => count * unit))
    const exact = { p50: 500, p90: 900, p95: 950, p99: 990, p999: 999, max: 1000 }
    for (const name of shareNames) {
      expect(Math.abs(found[name] / (exact[name] * unit) - 1), name).toBeLessThan(0.001)
    }
  })
  it('of nothing are no numbers', () => expect(quantiles([]).p50).toBeNaN())
  it('of several rounds is the median of each', () => {
    const rounds = [quantiles(upTo(10)), quantiles(upTo(1000)), quantiles(upTo(100))]
    expect(medianQuantiles(rounds)).toEqual(quantiles(upTo(100)))
  })
})
