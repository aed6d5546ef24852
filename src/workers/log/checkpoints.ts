import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { CheckpointerAnswer, CheckpointerRequest, CheckpointNews } from '../../protocol/messages.js'
import type { ReadConnection } from '../connection/connection.js'
import { outcomeOf } from '../connection/outcome.js'

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

interface CheckpointActs {
  /** Hears of every checkpoint that was completed here. */
  readonly tell: (news: CheckpointNews) => void
  /** Has the main thread start a checkpointer at the other end of this link. */
  readonly askForCheckpointer: (link: MessagePort) => void
  /** Hears of a disk that failed meanwhile. */
  readonly onDiskFault: () => void
}

/**
 * Keeps the write-ahead log short without stalling commits. From `walAutocheckpointPages` on a thread of its own copies the
 * log into the file; the writer adds the little that came meanwhile and waits for the disk, and its next transaction
 * starts the log anew. Where the thread can not keep up or is lost, the writer copies it all, at four times the length
 * (decision 10). SQLite's automatic checkpoint is off: it would not tell of a failed sync, after which the log must be held.
 */
export class Checkpoints {
  readonly #walAutocheckpointPages: number
  readonly #acts: CheckpointActs
  /** To the checkpointer, while there is one or one was asked for. */
  #link: MessagePort | undefined
  #isCopying = false
  #askedAtMs = 0
  #threadAgainAtMs = 0

  constructor(walAutocheckpointPages: number, acts: CheckpointActs) {
    this.#walAutocheckpointPages = walAutocheckpointPages
    this.#acts = acts
  }

  /** To be called after each commit, which stands whatever happens here. */
  noteCommit(connection: ReadConnection): void {
    const outcome = outcomeOf(() => this.#keepShort(connection))
    if (!outcome.ok && outcome.error.code === 'IO_ERROR') this.#acts.onDiskFault()
  }

  #keepShort(connection: ReadConnection): void {
    const nowMs = performance.now()
    if (nowMs - this.#askedAtMs < askEveryMs) return
    this.#askedAtMs = nowMs
    const walAutocheckpointPages = this.#walAutocheckpointPages
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
    const link = this.#link
    if (link === undefined) return
    // Whether it closes as it was asked to or failed at its last: gone is all that it has to be.
    const closed = new Promise<void>((resolve) => link.once('close', () => resolve()))
    this.#post(link, 'close')
    await closed
  }

  /** Where another one was about it there was none here, and SQLite says -1. */
  #note(news: CheckpointNews): void {
    if (news.walFrames >= 0) this.#acts.tell(news)
  }

  #copy(): void {
    this.#isCopying = true
    this.#post((this.#link ??= this.#connect()), 'checkpoint')
  }

  #connect(): MessagePort {
    const { port1: link, port2: theirs } = new MessageChannel()
    link.on('message', (answer: CheckpointerAnswer) => {
      this.#isCopying = false
      if (answer.kind === 'checkpointed') this.#note(answer)
      else if (answer.error.code === 'IO_ERROR') this.#acts.onDiskFault()
    })
    link.once('close', () => {
      this.#threadAgainAtMs = performance.now() + pauseAfterFaultMs
      this.#link = undefined
      this.#isCopying = false
    })
    link.unref()
    this.#acts.askForCheckpointer(theirs)
    return link
  }

  #post(link: MessagePort, request: CheckpointerRequest): void {
    link.postMessage(request)
  }
}
