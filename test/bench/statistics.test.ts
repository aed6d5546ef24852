import { describe, expect, it } from 'vitest'
import { median, medianQuantiles, quantiles } from '../../bench/measure/statistics.js'

const upTo = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => count - index)

describe('median', () => {
  it('is the middle value, whatever the order', () => expect(median([9, 1, 5])).toBe(5))
  it('is the mean of the two in the middle', () => expect(median([4, 1, 2, 100])).toBe(3))
  it('of nothing is no number', () => expect(median([])).toBeNaN())
})

describe('quantiles', () => {
  it('takes the nearest rank', () =>
    expect(quantiles(upTo(1000))).toStrictEqual({
      p50: 500,
      p90: 900,
      p95: 950,
      p99: 990,
      p999: 999,
      max: 1000,
    }))
  it('of one value is that value', () =>
    expect(quantiles(upTo(1))).toStrictEqual({ p50: 1, p90: 1, p95: 1, p99: 1, p999: 1, max: 1 }))
  it('of several rounds is the median of each', () => {
    const rounds = [quantiles(upTo(10)), quantiles(upTo(1000)), quantiles(upTo(100))]
    expect(medianQuantiles(rounds)).toMatchObject({ p50: 50, p99: 99, max: 100 })
  })
})
