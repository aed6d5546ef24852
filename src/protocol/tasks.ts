import type { MessagePort } from 'node:worker_threads'
import type { BatchItem } from './batch.js'
import type { Barrier, OperationMessage } from './messages.js'
import type { ScrubPlace } from './scrub.js'

/** A connection lent out; calls arrive on `port`. The writer records the commit of a write lease under `batch`. */
interface Loan {
  readonly batch: number
  readonly port: MessagePort
  readonly idleTimeoutMs: number
}

/** What readers are given to do, by kind. */
interface ReaderTasks {
  readonly open: { readonly barrier: Barrier }
  readonly operations: { readonly operations: readonly OperationMessage[] }
  readonly lease: Loan
  /** Compares so many rows with their checksums, from a place on. */
  readonly scrub: { readonly place: ScrubPlace; readonly rows: number }
  readonly close: { readonly barrier: Barrier }
}

/** What the writer is given to do, by kind. */
interface WriterTasks {
  readonly open: object
  /** Many operations for one transaction. `batch` counts a thread's batches, so that a lost one can be asked about. */
  readonly batch: { readonly batch: number; readonly items: readonly BatchItem[] }
  /** An operation outside transactions. */
  readonly alone: { readonly operation: OperationMessage }
  /** Indexes what is not indexed yet, for a borrower that reads the tables itself. */
  readonly index: object
  readonly lease: Loan
  /** Asks a new writer what became of batches that the lost one had; only of the last ones of a thread is it known. */
  readonly fates: { readonly batches: readonly number[] }
  readonly close: object
}

/** Told apart by `kind`. */
type TaskOf<Tasks, Kind extends keyof Tasks> = { [K in Kind]: { readonly kind: K } & Tasks[K] }[Kind]

export type ReaderTask<Kind extends keyof ReaderTasks = keyof ReaderTasks> = TaskOf<ReaderTasks, Kind>
export type WriterTask<Kind extends keyof WriterTasks = keyof WriterTasks> = TaskOf<WriterTasks, Kind>
export type LeaseTask = ReaderTask<'lease'>

/** What became of a batch that a lost writer had. */
export type Fate = 'committed' | 'notCommitted'

/** What a thread asks of the writer over its link. */
export interface LinkRequest {
  readonly id: number
  readonly task: WriterTask
}

export interface LinkAnswer {
  readonly id: number
  readonly answer: unknown
}

/**
 * One end of a link, on the way to the writer. `source` tells a thread's batches from those of others; `answers` is the
 * memory in which it keeps its last answers.
 */
export interface LinkOffer {
  readonly source: number
  readonly link: MessagePort
  readonly answers: SharedArrayBuffer
}
