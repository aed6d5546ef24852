/** Places in the memory that all threads share: statements until the reader's and the writer's death, and how they die. */
export const deathPlaces = { reader: 0, writer: 1, way: 2 } as const

/** Ways to die. */
export const deathWays = { exit: 0, throw: 1, heap: 2 } as const

export interface DeathTask {
  readonly path: string
  readonly kills: number
}

/** What became of every call. */
export interface DeathReport {
  readonly kills: number
  /** Deaths of checkpointers, which no event tells of. */
  readonly untold: number
  readonly restarts: { readonly readers: number; readonly writer: number }
  readonly acknowledged: readonly string[]
  /** Refused with codes that say nothing was done. */
  readonly refused: readonly string[]
  readonly unknown: readonly string[]
  /** Codes of failed writes and reads, and how often. */
  readonly writeCodes: { readonly [code: string]: number }
  readonly readCodes: { readonly [code: string]: number }
  readonly reads: number
  /** Reads that did not find what was acknowledged before them. */
  readonly misses: number
  readonly unsettled: number
}
