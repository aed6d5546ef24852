import type { OpenOptions } from 'convodb'

/** What the parent hands over, as JSON. */
export interface FaultTask {
  readonly databasePath: string
  readonly acknowledgementsPath: string
  readonly reportPath: string
  /** The file that turns the fault on, and what is in it. */
  readonly flagPath: string
  readonly flagContent: string
  readonly rounds: number
  /** So often 16 writes are tried in a round, until one of them fails. */
  readonly mostBursts: number
  /** Whether the fault is on when the process is killed. */
  readonly endsInFault: boolean
  readonly options: OpenOptions
}

/** Every fourth write stores several messages at once. */
export const messageCountOf = (writeId: number): number => (writeId % 4 === 0 ? 12 : 1)

/** One write: messages that belong together. */
export interface FaultWrite {
  readonly writeId: number
  readonly messageCount: number
  /** `ok`, or the code of its error; `unanswered` where the process was killed before. */
  readonly outcome: string
  readonly underFault: boolean
}

export interface FaultReport {
  readonly writes: readonly FaultWrite[]
  readonly reads: number
  /** Codes of reads that failed, under the fault or not. */
  readonly failedReads: readonly string[]
  /** From the end of each fault to the first write that was acknowledged. */
  readonly resumedAfterMs: readonly number[]
}
