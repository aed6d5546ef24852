/** Numbers that are the same in every run. Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function randomNumbers(seed: number) {
  let state = seed
  /** From 0 to 1. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  /** Of a normal distribution: https://en.wikipedia.org/wiki/Box-Muller_transform */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const vector = (dimension: number): Float32Array => Float32Array.from({ length: dimension }, normal)
  return { next, below, vector }
}
