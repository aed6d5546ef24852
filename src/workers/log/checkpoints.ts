import { Worker } from 'node:worker_threads'
import type { CheckpointNews, ConnectionSettings } from '../../protocol/messages.js'
import type { ReadConnection } from '../connection/connection.js'
import { outcomeOf } from '../connection/outcome.js'
import { saysDiskFull } from '../connection/sqlite-errors.js'

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
/** So many times the length at which copying begins, and the writer waits for it. */
const longestLog = 4
/** Before another thread is started in place of one that failed. */
const pauseAfterFaultMs = 5_000
// NOOP only tells how long the log is.
const askState = 'PRAGMA wal_checkpoint(NOOP)'
const copyRest = 'PRAGMA wal_checkpoint(PASSIVE)'

/**
 * Keeps the write-ahead log short without stalling commits. From `walAutocheckpointPages` on a thread of its own copies the
 * log into the file; the writer adds the little that came meanwhile and waits for the disk, and its next transaction
 * starts the log anew. Where the thread can not keep up or is lost, the writer copies it all, at four times the length
 * (decision 10). SQLite's automatic checkpoint is off: it would not tell of a failed sync, after which the log must be held.
 */
export class Checkpoints {
  readonly #settings: ConnectionSettings
  readonly #tell: (news: CheckpointNews) => void
  readonly #onDiskFault: () => void
  #worker: Worker | undefined
  #isCopying = false
  #askedAtMs = 0
  #threadAgainAtMs = 0

  /** `tell` hears of every checkpoint that was completed here, `onDiskFault` of a disk that failed meanwhile. */
  constructor(settings: ConnectionSettings, tell: (news: CheckpointNews) => void, onDiskFault: () => void) {
    this.#settings = settings
    this.#tell = tell
    this.#onDiskFault = onDiskFault
  }

  /** To be called after each commit, which stands whatever happens here. */
  noteCommit(connection: ReadConnection): void {
    const outcome = outcomeOf(() => this.#keepShort(connection))
    if (!outcome.ok && outcome.error.code === 'IO_ERROR') this.#onDiskFault()
  }

  #keepShort(connection: ReadConnection): void {
    const nowMs = performance.now()
    if (nowMs - this.#askedAtMs < askEveryMs) return
    this.#askedAtMs = nowMs
    const { walAutocheckpointPages } = this.#settings
    const state = connection.get<LogState>(askState)
    if (state === undefined || state.log < walAutocheckpointPages) return
    const isTooLong = state.log > longestLog * walAutocheckpointPages
    if (this.#isCopying && !isTooLong) return
    const rest = state.log - state.checkpointed
    if (isTooLong || rest < walAutocheckpointPages / 2) {
      const copied = connection.get<LogState>(copyRest)
      if (copied !== undefined) this.#note(checkpointNews(copied, performance.now() - nowMs))
    } else if (nowMs >= this.#threadAgainAtMs) {
      this.#copy()
    }
  }

  /** Ends the thread, so that its connection is closed before the writer's. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    // Not `events.once`, which rejects where the thread fails at its last: gone is all that it has to be.
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    this.#post(worker, 'close')
    await ended
  }

  /** Where another one was about it there was none here, and SQLite says -1. */
  #note(news: CheckpointNews): void {
    if (news.walFrames >= 0) this.#tell(news)
  }

  #copy(): void {
    this.#isCopying = true
    this.#post((this.#worker ??= this.#start()), 'checkpoint')
  }

  #start(): Worker {
    // By an import, like every other thread: one that starts from a file inherits flags that are refused there.
    const program = `import(${JSON.stringify(new URL('../workers/checkpointer.js', import.meta.url).href)})`
    const worker = new Worker(program, { eval: true, workerData: this.#settings })
    worker.unref()
    worker.on('message', (news: CheckpointNews) => {
      this.#isCopying = false
      this.#note(news)
    })
    worker.on('error', (error) => {
      this.#threadAgainAtMs = performance.now() + pauseAfterFaultMs
      // Of SQLite's errors only the code crosses threads.
      const sqliteCode = 'code' in error ? String(error.code) : ''
      if (sqliteCode.startsWith('SQLITE_IOERR') && !saysDiskFull(sqliteCode)) this.#onDiskFault()
    })
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
