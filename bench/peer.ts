import type { EventLoopReport } from './measure/event-loop.js'

/** What one side of a comparison gets: the same for every side of a case. */
export interface PeerInput {
  /** An empty folder of its own. */
  readonly folder: string
  /** Rows to store, or to have stored before reading. */
  readonly rows: number
  /** Pages to read; cases that store ignore it. */
  readonly pages: number
}

/** What one run of one side measured. */
export interface Measured {
  /** Messages stored or pages read. */
  readonly items: number
  readonly elapsedMs: number
  readonly sqliteVersion: string
  /** Of the thread that makes the calls, for sides where that is of interest. */
  readonly eventLoop?: EventLoopReport
}

/** One side of a comparison: prepares what it needs, then measures only what the case is about. */
export type Peer = (input: PeerInput) => Promise<Measured>
