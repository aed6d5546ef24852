import type { TimeReading } from './time-fields.js'

/** What whoever reads a file may say about it beside what it finds. */
export interface Notes {
  /** Aborted when the reading has to stop. */
  readonly signal: AbortSignal
  /** How lines of our own read numbers in fields of time. */
  timesOf(file: string): TimeReading
  /** Something was passed over, as it had to be; `why` is one of few reasons, which are counted: 'deleted in the archive'. */
  skip(why: string): void
  /** The format held something that has no place here; `what` is one of few names, which are counted: 'polls'. */
  leaveOut(what: string, times?: number): void
  /** The file is not whole, or does not agree with itself; all that is good goes in. */
  complain(file: string, problem: string): void
}
