import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Order } from '../../src/protocol/parameters.js'
import { mergeParts, type Part } from '../../src/workers/reading/merge-parts.js'
import type { Place } from '../../src/protocol/cursors.js'

const order = fc.constantFrom<Order>('asc', 'desc')
const times = fc.integer({ min: -6, max: 6 })
/** The times of some parts, which may overlap or be empty. */
const partTimes = fc.array(fc.array(times, { maxLength: 6 }), { maxLength: 8 })

function compareIn(of: Order) {
  const sign = of === 'desc' ? -1 : 1
  return (one: Place, other: Place): number => sign * (one.value - other.value || one.key - other.key)
}

/** Each with a note of how often it was looked at. */
function partsOf(of: Order, lists: readonly (readonly number[])[], looks: number[]): Part[] {
  const compare = compareIn(of)
  const parts = lists.map((list, index) => {
    const places = list.map((value, n) => ({ value, key: index * 10 + n + 1 })).toSorted(compare)
    return {
      earliest: Math.min(9, ...list),
      latest: Math.max(-9, ...list),
      find(start: Place, lastTime: number, limit: number): Place[] {
        looks.push(index)
        const isInside = ({ value }: Place) => (of === 'desc' ? value >= lastTime : value <= lastTime)
        return places.filter((place) => compare(place, start) > 0 && isInside(place)).slice(0, limit)
      },
    }
  })
  return parts.toSorted((one, other) =>
    of === 'desc' ? other.latest - one.latest : one.earliest - other.earliest,
  )
}

it('gives every place once, in order, however often it has to stop', () => {
  const property = fc.property(
    order,
    partTimes,
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: -7, max: 7 }),
    fc.integer({ min: 0, max: 3 }),
    (of, lists, limit, lastTime, looksInOne) => {
      const compare = compareIn(of)
      const all = partsOf(of, lists, []).flatMap((part) =>
        part.find({ value: of === 'desc' ? 99 : -99, key: 0 }, lastTime, 99),
      )
      const read: Place[] = []
      let start: Place | undefined = { value: of === 'desc' ? 99 : -99, key: 0 }
      while (start !== undefined) {
        const from: Place = start
        let looks = looksInOne
        const mayGoOn = (): boolean => (looks -= 1) >= 0
        const search = { order: of, start: from, lastTime, limit }
        const { places, stoppedAt } = mergeParts(partsOf(of, lists, []), search, mayGoOn)
        expect(places.length).toBeLessThanOrEqual(limit)
        read.push(...places)
        start = stoppedAt ?? (places.length < limit ? undefined : places.at(-1))
        if (start !== undefined) expect(compare(start, from)).toBeGreaterThan(0)
      }
      expect(read).toEqual(all.toSorted(compare))
    },
  )
  fc.assert(property, { numRuns: 2_000 })
})

it('looks at no part that begins behind the last place of the page', () => {
  const looks: number[] = []
  const parts = partsOf(
    'desc',
    [
      [1, 2],
      [3, 4],
      [5, 6],
      [2, 5],
    ],
    looks,
  )
  const search = { order: 'desc' as const, start: { value: 9, key: 0 }, lastTime: -9, limit: 2 }
  const { places } = mergeParts(parts, search, () => true)
  expect(places.map(({ value }) => value)).toEqual([6, 5])
  expect(looks.toSorted()).toEqual([2, 3])
})
