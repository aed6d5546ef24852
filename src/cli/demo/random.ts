/** A reproducible source of chance: the same seed gives the same sequence on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [from, to], both included. */
  integer(from: number, to: number): number
  chance(probability: number): boolean
  /** One of the list's items. @throws RangeError when the list is empty */
  pick<Item>(items: readonly Item[]): Item
}

/** Seeds the generator below, so that neighbouring seeds start far apart (SplitMix, 32 bits). */
function splitMix32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}

/** sfc32, the 32-bit Small Fast Counting generator of PractRand. */
function sfc32(seed: number): () => number {
  const nextSeed = splitMix32(seed)
  let [a, b, c, counter] = [nextSeed(), nextSeed(), nextSeed(), 1]
  return () => {
    const result = (a + b + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + result) >>> 0
    return result
  }
}

/**
 * Creates a seeded source of chance (sfc32).
 *
 * @param seed a whole number; its lowest 32 bits count.
 */
export function createRandom(seed: number): Random {
  const nextWord = sfc32(seed)
  const next = (): number => nextWord() / 2 ** 32
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new RangeError('There is nothing to pick from')
      return item
    },
  }
}
