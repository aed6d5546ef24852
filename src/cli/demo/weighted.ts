import type { Random } from './random.js'

/** The weights' running sums, so that a draw is one binary search. */
export function runningSums(weights: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(weights, (weight) => (sum += weight))
}

/** The first index whose running sum exceeds the value. */
export function findSum(sums: Float64Array, value: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sums[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Draws from a list by Zipf's law: the first item comes up most, the nth 1 / n^exponent times as often.
 *
 * @throws RangeError when the list is empty
 */
export function zipfSampler<Item>(items: readonly Item[], exponent: number): (random: Random) => Item {
  const sums = runningSums(items.map((_, index) => 1 / (index + 1) ** exponent))
  const total = sums.at(-1) ?? 0
  return (random) => {
    const item = items[findSum(sums, random.next() * total)]
    if (item === undefined) throw new RangeError('There is nothing to draw from')
    return item
  }
}
