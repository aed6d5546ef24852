import type { StopFlag } from './file-job.js'

/**
 * What is compared:
 *
 * - `file`: its header; `integrity`: SQLite's own `PRAGMA integrity_check`; `schema`: tables, indexes and triggers
 * - `foreignKeys`: rows that refer to rows which are not there; `bookkeeping`: ConvoDB's own few numbers
 * - `checksums`: every row against its checksum; `activity`: counters and times of channels and users against theirs
 * - `references`: rows that are named without a foreign key
 * - `places`, `typedMessages`, `userMessages`, `names`, `words`: what is kept twice (a channel's order, a user's messages, the search indexes)
 * - `counters`: against the rows they count; `vectors`: against their models, and what pgvector has of them; `vectorBlocks`: against the vectors they follow from
 */
export type VerifyCheck =
  | 'file'
  | 'integrity'
  | 'schema'
  | 'foreignKeys'
  | 'bookkeeping'
  | 'checksums'
  | 'activity'
  | 'references'
  | 'places'
  | 'typedMessages'
  | 'userMessages'
  | 'counters'
  | 'names'
  | 'words'
  | 'vectors'
  | 'vectorBlocks'
  | 'pendingEmbeddings'

/** One thing that is not as it should be. */
export interface VerifyProblem {
  check: VerifyCheck
  table?: string
  /** The row's integer key in that table; where it has several, joined by `/`. */
  key?: string
  /** For people. */
  message: string
}

/** What a verification found. */
export interface VerifyReport {
  path: string
  /** Whether there is no problem at all. */
  isOk: boolean
  problems: VerifyProblem[]
  /** Whether the checks ended at `maxProblems`, so that there may be more. */
  hasMoreProblems: boolean
  /** Rows that were compared with their checksums; on PostgreSQL, where they have none, 0. */
  checkedRows: number
  elapsedMs: number
}

/** How far a verification is. */
export interface VerifyProgress {
  check: VerifyCheck
  /** Of all checks, from 0 to 1, estimated. */
  share: number
  checkedRows: number
}

/** What the verifier's thread needs; handed over as `workerData`. */
export interface VerifierSettings {
  readonly path: string
  readonly busyTimeoutMs: number
  readonly maxProblems: number
  readonly stop: StopFlag
}
