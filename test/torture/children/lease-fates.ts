/** What several threads do to one database, and what became of it. */
export interface LeaseTask {
  readonly path: string
  readonly threads: number
  /** Leases and stores of each thread. */
  readonly steps: number
  /** Deaths of the writer meanwhile. */
  readonly kills: number
}

/** `committed`: all of it is in the file. `not`: nothing of it. `unknown`: all or nothing. */
export type Fate = 'committed' | 'not' | 'unknown'

export interface ThreadReport {
  /** By the name of a lease, which inserts a pair of rows of that name. */
  readonly pairs: Readonly<Record<string, Fate>>
  readonly messages: Readonly<Record<string, Fate>>
  /** How often calls failed, by code. */
  readonly codes: Readonly<Record<string, number>>
}

export interface LeaseReport {
  readonly threads: readonly ThreadReport[]
  readonly restarts: number
}
