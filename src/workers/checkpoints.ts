import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CheckpointNews, ConnectionSettings } from '../protocol/messages.js'
import type { ReadConnection } from './connection.js'
import { outcomeOf } from './outcome.js'

export type CheckpointerRequest = 'checkpoint' | 'close'

export interface LogState {
  readonly log: number
  readonly checkpointed: number
}

export const checkpointNews = ({ log, checkpointed }: LogState, durationMs: number): CheckpointNews => ({
  kind: 'checkpointed',
  walFrames: log,
  checkpointedFrames: checkpointed,
  durationMs,
})

/** Asking takes some 20 us, and in so short a time the log can not grow by much. */
const askEveryMs = 20
/** Before another thread is started in place of one that failed. */
const pauseAfterFaultMs = 5_000
// NOOP only tells how long the log is.
const askState = 'PRAGMA wal_checkpoint(NOOP)'
const copyRest = 'PRAGMA wal_checkpoint(PASSIVE)'

/**
 * Keeps the write-ahead log short without stalling commits. From `walAutocheckpointPages` on a thread of its own copies the
 * log into the file; the writer adds the little that came meanwhile and waits for the disk, and its next transaction
 * starts the log anew. Where the thread can not keep up or is lost, SQLite's own automatic checkpoint bounds the log, at
 * four times the length (decision 10).
 */
export class Checkpoints {
  readonly #settings: ConnectionSettings
  readonly #tell: (news: CheckpointNews) => void
  #worker: Worker | undefined
  #isCopying = false
  #askedAtMs = 0

  /** `tell` hears of every checkpoint that was completed here. */
  constructor(settings: ConnectionSettings, tell: (news: CheckpointNews) => void) {
    this.#settings = settings
    this.#tell = tell
  }

  /** To be called after each commit; a fault here is the file's or the disk's, and the next commit tells of it. */
  noteCommit(connection: ReadConnection): void {
    outcomeOf(() => this.#keepShort(connection))
  }

  #keepShort(connection: ReadConnection): void {
    const nowMs = performance.now()
    if (this.#isCopying || nowMs - this.#askedAtMs < askEveryMs) return
    this.#askedAtMs = nowMs
    const { walAutocheckpointPages } = this.#settings
    const state = connection.get<LogState>(askState)
    if (state === undefined || state.log < walAutocheckpointPages) return
    const rest = state.log - state.checkpointed
    if (rest < walAutocheckpointPages / 2) {
      const copied = connection.get<LogState>(copyRest)
      if (copied !== undefined) this.#tell(checkpointNews(copied, performance.now() - nowMs))
    } else {
      this.#copy()
    }
  }

  /** Ends the thread, so that its connection is closed before the writer's. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    const ended = once(worker, 'exit')
    this.#post(worker, 'close')
    await ended
  }

  #copy(): void {
    this.#isCopying = true
    this.#post((this.#worker ??= this.#start()), 'checkpoint')
  }

  #start(): Worker {
    const worker = new Worker(new URL('checkpointer.js', import.meta.url), { workerData: this.#settings })
    worker.unref()
    worker.on('message', (news: CheckpointNews) => {
      this.#isCopying = false
      this.#tell(news)
    })
    // Its faults are the file's or the disk's, of which the next commit tells; until then SQLite's own checkpoint serves.
    worker.on('error', () => (this.#askedAtMs = performance.now() + pauseAfterFaultMs))
    worker.once('exit', () => {
      this.#worker = undefined
      this.#isCopying = false
    })
    return worker
  }

  #post(worker: Worker, request: CheckpointerRequest): void {
    worker.postMessage(request)
  }
}
