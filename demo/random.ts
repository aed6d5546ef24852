import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A reproducible source of chance: the same seed gives the same sequence on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [from, to], both included. */
  integer(from: number, to: number): number
  chance(probability: number): boolean
  /**
   * One of the list's items.
   *
   * @param skew above 1, the earlier items come up more often.
   * @throws RangeError when the list is empty
   */
  pick<Item>(items: readonly Item[], skew?: number): Item
}

/** @param seed a whole number; its lowest 32 bits count. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  const next = (): number => uniformFloat64(generator)
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (items, skew = 1) => {
      const item = items[Math.floor(next() ** skew * items.length)]
      if (item === undefined) throw new RangeError('There is nothing to pick from')
      return item
    },
  }
}
