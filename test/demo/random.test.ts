import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/cli/demo/random.js'
import { zipfSampler } from '../../src/cli/demo/weighted.js'

const draws = (seed: number): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: 20_000 }, () => random.next())
}

describe('the source of chance', () => {
  it('repeats itself for the same seed only', () => {
    expect(draws(1)).toEqual(draws(1))
    expect(draws(1)).not.toEqual(draws(2))
  })

  it('spreads evenly over [0, 1)', () => {
    const values = draws(3)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = values.filter((value) => Math.floor(10 * value) === tenth).length / values.length
      expect(share).toBeCloseTo(0.1, 1)
    }
  })

  it('draws whole numbers with both ends', () => {
    const random = createRandom(4)
    const seen = new Set(Array.from({ length: 1000 }, () => random.integer(2, 5)))
    expect([...seen].toSorted()).toEqual([2, 3, 4, 5])
  })

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError)
  })

  it("follows Zipf's law: the first item comes up twice as often as the second", () => {
    const random = createRandom(5)
    const draw = zipfSampler(['a', 'b', 'c', 'd'], 1)
    const items = Array.from({ length: 20_000 }, () => draw(random))
    const count = (wanted: string): number => items.filter((item) => item === wanted).length
    expect(count('a') / count('b')).toBeCloseTo(2, 0)
    expect(count('a') / count('d')).toBeGreaterThan(3)
    expect(count('d')).toBeGreaterThan(0)
  })
})
