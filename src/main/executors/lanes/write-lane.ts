import { packBatch, type BatchAnswer } from '../../../protocol/batch.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { AnyOutcome, OperationMessage, WriterTask } from '../../../protocol/messages.js'
import { operations } from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { LaneStats } from '../../stats.js'
import { EndOfTurn } from './end-of-turn.js'
import { LaneQueue, type QueueLimits } from './lane-queue.js'
import type { Decode, PendingCall } from './pending-call.js'
import { settle, settleInTurns } from './settle.js'
import type { TaskRunner } from './task-runner.js'

export interface BatchLimits extends QueueLimits {
  readonly maxBatchOperations: number
  readonly maxBatchBytes: number
}

/** What waits for the writer: an operation, or a task that needs it for itself until its promise settles. */
type WriteRequest = OperationMessage | ExclusiveTask

interface ExclusiveTask {
  readonly name: 'exclusive'
  readonly run: () => Promise<unknown>
}

type WriteCall = PendingCall<WriteRequest>

const sharesTransaction = ({ request }: WriteCall): boolean =>
  request.name !== 'exclusive' && operations[request.name].transaction === 'shared'

/** While one commits the next one is already there, so that the writer never waits for this thread. */
export const maxBatchesUnderWay = 2

/**
 * From so many on, what waits for an idle writer goes as two batches: else all callers are answered at once, call again
 * at once, and writer and callers take turns in waiting for each other.
 */
const minSplitOperations = 32

/**
 * Serializes all writes. While a batch commits the next one gathers; with an idle writer a call goes at the end of the
 * turn that made it, so that a lone one does not wait.
 */
export class WriteLane {
  readonly #queue: LaneQueue<WriteRequest>
  readonly #runner: TaskRunner<WriterTask>
  readonly #limits: BatchLimits
  #batchesUnderWay = 0
  /** A lease or an operation outside transactions has the writer for itself. */
  #isAlone = false
  readonly #endOfTurn = new EndOfTurn(() => this.#flush())
  #commits = 0
  #committedOperations = 0

  constructor(runner: TaskRunner<WriterTask>, limits: BatchLimits) {
    this.#runner = runner
    this.#limits = limits
    this.#queue = new LaneQueue('write', limits)
  }

  execute(message: OperationMessage, bytes: number, options: CallOptions, decode: Decode): Promise<unknown> {
    const call = this.#queue.add(message, bytes, options, decode)
    this.#endOfTurn.plan()
    return call.promise
  }

  /** Waits for the writer, then keeps it until `run` is done. Signal and deadline end only the wait. */
  async runExclusive<Value>(run: () => Promise<Value>, options: CallOptions): Promise<Value> {
    let started: Promise<Value> | undefined
    const start = (): Promise<Value> => (started = run())
    const call = this.#queue.add({ name: 'exclusive', run: start }, 0, options, () => undefined)
    this.#endOfTurn.plan()
    await call.promise
    if (started === undefined)
      throw new ConvoDbError('INTERNAL', 'The writer was free, but the task did not start')
    return started
  }

  /** Resolves when the queue is at most half full, so that a producer may go on. */
  ready(): Promise<void> {
    return this.#queue.ready()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  stats(): LaneStats & { readonly commits: number; readonly averageBatch: number } {
    const averageBatch = this.#commits === 0 ? 0 : this.#committedOperations / this.#commits
    return { ...this.#queue.stats(), commits: this.#commits, averageBatch }
  }

  #flush(): void {
    for (let first = this.#queue.peek(); first !== undefined; first = this.#queue.peek()) {
      if (sharesTransaction(first)) {
        if (this.#isAlone || this.#batchesUnderWay === maxBatchesUnderWay) return
        void this.#commit()
      } else {
        if (this.#isAlone || this.#batchesUnderWay > 0) return
        void this.#runAlone()
      }
    }
  }

  async #commit(): Promise<void> {
    const { maxBatchOperations, maxBatchBytes } = this.#limits
    const waiting = this.#queue.size
    const share = this.#batchesUnderWay === 0 && waiting >= minSplitOperations ? waiting / 2 : waiting
    const most = Math.min(maxBatchOperations, Math.ceil(share))
    const calls = this.#queue.take(
      (call, taken, takenBytes) =>
        sharesTransaction(call) && taken < most && (taken === 0 || takenBytes + call.bytes <= maxBatchBytes),
    )
    this.#batchesUnderWay += 1
    await this.#answer(calls, async () => {
      const messages: OperationMessage[] = []
      for (const { request } of calls) if (request.name !== 'exclusive') messages.push(request)
      const answer = await this.#runner.run<BatchAnswer>({ kind: 'batch', items: packBatch(messages) })
      this.#commits += 1
      this.#committedOperations += calls.length
      await settleInTurns(calls, messages, answer)
    })
    this.#batchesUnderWay -= 1
    this.#flush()
  }

  async #runAlone(): Promise<void> {
    const [call] = this.#queue.take((_, taken) => taken === 0)
    if (call === undefined) return
    this.#isAlone = true
    await this.#answer([call], async () => {
      if (call.request.name === 'exclusive') {
        const done = call.request.run()
        call.resolve(undefined)
        await done.catch(() => 'its caller has the same promise and is told')
      } else {
        const operation = call.request
        settle(call, operation, await this.#runner.run<AnyOutcome>({ kind: 'alone', operation }))
      }
    })
    this.#isAlone = false
    this.#flush()
  }

  async #answer(calls: readonly WriteCall[], work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const lost = `The writer thread was lost: ${error instanceof Error ? error.message : String(error)}`
      // An error of ours says that nothing was sent.
      const reason = error instanceof ConvoDbError ? error : new ConvoDbError('OUTCOME_UNKNOWN', lost)
      for (const call of calls) call.reject(reason)
    } finally {
      this.#queue.finish(calls)
    }
  }
}
