import { describe, expect, it } from 'vitest'
import { greatestAssignment } from '../../bench/segmenting/assignment.js'
import { meanScoreOf, scoreOf, type Labelled } from '../../bench/segmenting/scores.js'

/** `'aab/xyy'`: messages annotated a, a, b were found to be x, y, y. */
function labels(text: string, excerpt = 'one'): Labelled[] {
  const [golds = '', founds = ''] = text.split('/')
  return [...golds].map((gold, index) => ({ excerpt, gold, found: founds[index] ?? '' }))
}

describe('the greatest assignment', () => {
  it('is the best of all of them', () => {
    const random = (seed: number): number => (Math.imul(seed, 2_654_435_761) >>> 16) % 10
    for (let n = 0; n < 50; n += 1) {
      const values = [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => random(n * 100 + row * 10 + column)))
      const sums = [0, 1, 2, 3].flatMap((a) =>
        [0, 1, 2, 3].flatMap((b) =>
          [0, 1, 2, 3]
            .filter((c) => new Set([a, b, c]).size === 3)
            .map((c) => (values[0]?.[a] ?? 0) + (values[1]?.[b] ?? 0) + (values[2]?.[c] ?? 0)),
        ),
      )
      expect(greatestAssignment(values)).toBe(Math.max(...sums))
    }
  })
})

describe('scores', () => {
  it('are 1 where both are the same, by whatever names', () => {
    expect(scoreOf(labels('aabbc/xxyyz'))).toEqual({ oneToOne: 1, variation: 1 })
  })

  it('are what the definitions say', () => {
    // Of two conversations of two, all in one segment: half is covered; VI is H(gold | found) = 1 bit of log2(4) = 2.
    expect(scoreOf(labels('aabb/xxxx'))).toEqual({ oneToOne: 0.5, variation: 0.5 })
    expect(scoreOf(labels('aaaa/wxyz'))).toEqual({ oneToOne: 0.25, variation: 0 })
    // a=x 2, b=y 2; the fifth is a and y.
    expect(scoreOf(labels('aaabb/xxyyy')).oneToOne).toBe(0.8)
  })

  it('of several excerpts match within each; their mean counts each the same', () => {
    const both = [...labels('aabb/xxyy', 'one'), ...labels('aa/xy', 'two')]
    expect(scoreOf(both).oneToOne).toBeCloseTo(5 / 6)
    expect(meanScoreOf(both).oneToOne).toBe(0.75)
  })
})
