import type { RowCounts } from '../protocol/models.js'

/** How long calls took from the call to its answer, in milliseconds; `max` since the database was opened. */
export interface LatencyMs {
  p50: number
  p95: number
  p99: number
  max: number
}

export interface LaneStats {
  /** Operations that wait for a thread. */
  queuedOperations: number
  /** Estimated bytes of their parameters. */
  queuedBytes: number
  /** Operations that a thread works on. */
  runningOperations: number
  /** Operations answered since the database was opened, well or not. */
  finishedOperations: number
  latencyMs: LatencyMs
}

export interface ExecutorStats {
  /** The database file's path; for `':memory:'` the temporary file's. */
  path: string
  fileBytes: number
  walBytes: number
  readers: number
  /** Transactions of the writer since the database was opened. */
  commits: number
  /** Operations in a transaction, on average. */
  averageBatch: number
  read: LaneStats
  write: LaneStats
}

export interface Stats extends ExecutorStats {
  rows: RowCounts
}
