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

/** A cluster that a database is divided over. */
export interface ClusterStats {
  /** Machines that have channels. */
  nodes: number
  /** Into how many parts the channels are divided. */
  shards: number
}

/** The log's last copying into the file. */
export interface LastCheckpoint {
  at: Date
  /** Pages in the log, and how many of them are in the file since; fewer where a reader needs the old ones. */
  walFrames: number
  checkpointedFrames: number
  durationMs: number
}

/** Threads that ended by themselves and were replaced, since the database was opened. */
export interface Restarts {
  readers: number
  writer: number
  /** Times the writer gave up its connection after a fault of the disk, and opened another. */
  reopenings: number
}

/** The walk over all rows that compares each with its checksum, since the database was opened. */
export interface ScrubStats {
  checkedRows: number
  /** Times that it has been through all rows, and when last; an hour's pause follows. */
  finishedPasses: number
  lastFinishedAt: Date | null
  /** Rows that are not what their checksums say: `verify` tells which. 0 is what you want to see. */
  damagedRows: number
  /** Without a key: a table that can not be read on. */
  firstDamaged: { readonly table: string; readonly key: string | null } | null
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
  /** Transactions that failed as a whole, or whose writer was lost. */
  failedBatches: number
  /** Age of the oldest read or read lease under way, in milliseconds; the log can not shrink below it. 0: there is none. */
  oldestReaderMs: number
  /** Null until the first one; a connected port is not told of any. */
  lastCheckpoint: LastCheckpoint | null
  /** Whether the log grows without end, since the disk failed while it was copied: close the database and open it again. */
  isLogHeld: boolean
  /** Transactions that were acknowledged before a crash and were not there when the database was opened; a port knows of none. */
  lostCommits: number
  /** Null where it is switched off (`scrubRowsPerSecond: 0`), and for a connected port. */
  scrub: ScrubStats | null
  /**
   * How searches by vectors find: by blocks of codes and sketches in a file; on PostgreSQL by pgvector where the server has it, else all vectors
   * of the channels asked for are read and compared.
   */
  vectorSearch: 'blocks' | 'pgvector' | 'compared'
  /** How a database on PostgreSQL is divided by channel over the nodes of a cluster (Citus); null where it is all in one place. */
  cluster: ClusterStats | null
  restarts: Restarts
  read: LaneStats
  write: LaneStats
}

export interface Stats extends ExecutorStats {
  rows: RowCounts
  /** Subscriptions to changes that this thread has open. */
  subscribers: number
}
