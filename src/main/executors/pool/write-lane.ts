import { ConvoDbError } from '../../../protocol/errors.js'
import type { AnyOutcome, OperationMessage, WriterTask } from '../../../protocol/messages.js'
import { operations } from '../../../protocol/operations.js'
import type { CallOptions } from '../../call-options.js'
import type { LaneStats } from '../../stats.js'
import { LaneQueue, type QueueLimits } from './lane-queue.js'
import type { PendingCall } from './pending-call.js'
import { settleAll } from './settle.js'
import type { WorkerPool } from './worker-pool.js'

export interface BatchLimits extends QueueLimits {
  readonly maxBatchOperations: number
  readonly maxBatchBytes: number
}

/** What waits for the writer: an operation, or a task that needs it for itself until its promise settles. */
type WriteRequest =
  | { readonly kind: 'operation'; readonly message: OperationMessage }
  | { readonly kind: 'exclusive'; readonly run: () => Promise<unknown> }

type WriteCall = PendingCall<WriteRequest>

const sharesTransaction = ({ request }: WriteCall): boolean =>
  request.kind === 'operation' && operations[request.message.name].transaction === 'shared'

/**
 * Serializes all writes. While one batch commits the next one gathers, and goes when the writer is free; with an idle
 * writer a call goes at the end of the turn that made it, so that a lone one does not wait.
 */
export class WriteLane {
  readonly #queue: LaneQueue<WriteRequest>
  readonly #pool: WorkerPool<WriterTask>
  readonly #limits: BatchLimits
  #isBusy = false
  #isFlushPlanned = false
  #commits = 0
  #committedOperations = 0

  constructor(pool: WorkerPool<WriterTask>, limits: BatchLimits) {
    this.#pool = pool
    this.#limits = limits
    this.#queue = new LaneQueue('write', limits)
  }

  execute(message: OperationMessage, bytes: number, options: CallOptions): Promise<unknown> {
    const call = this.#queue.add({ kind: 'operation', message }, bytes, options)
    this.#planFlush()
    return call.promise
  }

  /** Waits for the writer, then keeps it until `run` is done. Signal and deadline end only the wait. */
  async runExclusive<Value>(run: () => Promise<Value>, options: CallOptions): Promise<Value> {
    let started: Promise<Value> | undefined
    const start = (): Promise<Value> => (started = run())
    const call = this.#queue.add({ kind: 'exclusive', run: start }, 0, options)
    this.#planFlush()
    await call.promise
    if (started === undefined)
      throw new ConvoDbError('INTERNAL', 'The writer was free, but the task did not start')
    return started
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  stats(): LaneStats & { readonly commits: number; readonly averageBatch: number } {
    const averageBatch = this.#commits === 0 ? 0 : this.#committedOperations / this.#commits
    return { ...this.#queue.stats(), commits: this.#commits, averageBatch }
  }

  #planFlush(): void {
    if (this.#isFlushPlanned || this.#isBusy) return
    this.#isFlushPlanned = true
    queueMicrotask(() => {
      this.#isFlushPlanned = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    for (let first = this.#queue.peek(); first !== undefined; first = this.#queue.peek()) {
      await (sharesTransaction(first) ? this.#commit() : this.#runAlone())
    }
    this.#isBusy = false
  }

  async #commit(): Promise<void> {
    const { maxBatchOperations, maxBatchBytes } = this.#limits
    const calls = this.#queue.take(
      (call, taken, takenBytes) =>
        sharesTransaction(call) &&
        taken < maxBatchOperations &&
        (taken === 0 || takenBytes + call.bytes <= maxBatchBytes),
    )
    await this.#answer(calls, async () => {
      const messages = calls.flatMap(({ request }) => (request.kind === 'operation' ? [request.message] : []))
      const outcomes = await this.#pool.run<AnyOutcome[]>({ kind: 'batch', operations: messages })
      this.#commits += 1
      this.#committedOperations += outcomes.length
      settleAll(calls, outcomes)
    })
  }

  async #runAlone(): Promise<void> {
    const [call] = this.#queue.take((_, taken) => taken === 0)
    if (call === undefined) return
    await this.#answer([call], async () => {
      if (call.request.kind === 'exclusive') {
        const done = call.request.run()
        call.resolve(undefined)
        await done.catch(() => 'its caller has the same promise and is told')
      } else {
        const operation = call.request.message
        settleAll([call], [await this.#pool.run<AnyOutcome>({ kind: 'alone', operation })])
      }
    })
  }

  async #answer(calls: readonly WriteCall[], work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const message = `The writer thread was lost: ${error instanceof Error ? error.message : String(error)}`
      for (const call of calls) call.reject(new ConvoDbError('OUTCOME_UNKNOWN', message))
    } finally {
      this.#queue.finish(calls)
    }
  }
}
