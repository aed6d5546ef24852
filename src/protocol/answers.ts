import type { BatchAnswer } from './batch.js'
import type { AnyOutcome, Outcome } from './messages.js'
import type { Fate, ReaderTask, WriterTask } from './tasks.js'
import type { ScrubSlice } from './scrub.js'

/** What each task of a reader is answered with; the workers and whoever asks them go by the same table. */
export interface ReaderAnswers {
  readonly open: Outcome<void>
  readonly operations: AnyOutcome[]
  readonly lease: Outcome<void>
  readonly scrub: Outcome<ScrubSlice>
  readonly close: Outcome<void>
}

/** The same of the writer. */
export interface WriterAnswers {
  readonly open: Outcome<void>
  readonly batch: BatchAnswer
  readonly alone: AnyOutcome
  readonly index: Outcome<void>
  readonly lease: Outcome<void>
  readonly fates: Outcome<Fate[]>
  readonly close: Outcome<void>
}

/** How a reader does each kind of task; none throws: how a task ended is its answer. */
export type ReaderHandlers = {
  readonly [Kind in keyof ReaderAnswers]: (
    task: ReaderTask<Kind>,
  ) => ReaderAnswers[Kind] | Promise<ReaderAnswers[Kind]>
}

/** Of the writer's tasks, those that its queue gives it one at a time. */
export type QueuedKind = Exclude<keyof WriterAnswers, 'batch' | 'index' | 'fates'>
export type WriterHandlers = {
  readonly [Kind in QueuedKind]: (
    task: WriterTask<Kind>,
    source: number,
  ) => WriterAnswers[Kind] | Promise<WriterAnswers[Kind]>
}

/** Answers reads in the thread that loaded it. */
export interface LocalReader {
  /** Opens its connection now, so that what is wrong with the file is told at once. */
  open(): Outcome<void>
  run(task: ReaderTask): ReaderAnswers[ReaderTask['kind']] | Promise<ReaderAnswers[ReaderTask['kind']]>
  /** Ends its leases, too; resolves when nothing of the file is open. Later reads say `CLOSED`. */
  close(): Promise<void>
}
