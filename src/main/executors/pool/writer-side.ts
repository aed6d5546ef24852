import { ConvoDbError } from '../../../protocol/errors.js'
import type { LastCheckpoint } from '../../stats.js'
import type { WriterRunner } from '../lanes/task-runner.js'
import type { Deadline } from '../lanes/time.js'
import type { Connect } from './writer-thread.js'

/** What the main thread knows of the writer, and does with it. */
export interface WriterSide {
  readonly runner: WriterRunner
  readonly lastCheckpoint: LastCheckpoint | null
  readonly isLogHeld: boolean
  readonly lostCommits: number
  readonly restarts: number
  readonly reopenings: number
  /** Gives another thread its links, now and after every restart; returns what ends that. @throws READ_ONLY */
  link(connect: Connect): () => void
  /** Is done when the writer is gone for good. */
  onEnd(act: () => void): void
  /** Empties the log, gives the file up and ends the thread. */
  close(deadline: Deadline): Promise<void>
}

/** In place of a writer where the database is only read. */
export function noWriter(path: string): WriterSide {
  const refuse = (): ConvoDbError =>
    new ConvoDbError('READ_ONLY', `${path} was opened with readOnly: true, so nothing can be written`, {
      path,
    })
  return {
    runner: { threads: 1, run: () => Promise.reject(refuse()) },
    lastCheckpoint: null,
    isLogHeld: false,
    lostCommits: 0,
    restarts: 0,
    reopenings: 0,
    link() {
      throw refuse()
    },
    onEnd: () => undefined,
    close: () => Promise.resolve(),
  }
}
