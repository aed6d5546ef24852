/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = Math.trunc(state + 0x6d2b79f5)
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Mutate = (bytes: Buffer, random: () => number) => Buffer

const pageBytes = 4096
const below = (limit: number, random: () => number): number => Math.floor(random() * limit)
const pageOf = (bytes: Buffer, number: number): Buffer =>
  bytes.subarray(number * pageBytes, (number + 1) * pageBytes)

/** The ways in which a file is damaged; each changes the copy it is given. */
export const mutations = {
  bit: (bytes, random) => {
    const at = below(bytes.length, random)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8, random))
    return bytes
  },
  'eight bytes': (bytes, random) => {
    const at = below(bytes.length - 8, random)
    for (let offset = 0; offset < 8; offset += 1) bytes[at + offset] = below(256, random)
    return bytes
  },
  'zeroed page': (bytes, random) => {
    pageOf(bytes, below(bytes.length / pageBytes, random)).fill(0)
    return bytes
  },
  truncated: (bytes, random) => bytes.subarray(0, below(bytes.length, random)),
  'swapped pages': (bytes, random) => {
    const pages = bytes.length / pageBytes
    const one = below(pages, random)
    const other = (one + 1 + below(pages - 1, random)) % pages
    const kept = Buffer.from(pageOf(bytes, one))
    pageOf(bytes, other).copy(pageOf(bytes, one))
    kept.copy(pageOf(bytes, other))
    return bytes
  },
} as const satisfies Readonly<Record<string, Mutate>>
