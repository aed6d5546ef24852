import { ConvoDbError } from '../../../protocol/errors.js'
import type { AnyOutcome, OperationMessage, ReaderTask } from '../../../protocol/messages.js'
import type { CallOptions } from '../../call-options.js'
import type { LaneStats } from '../../stats.js'
import { EndOfTurn } from './end-of-turn.js'
import { LaneQueue, type QueueLimits } from './lane-queue.js'
import type { Decode, PendingCall } from './pending-call.js'
import { settleOneByOne } from './settle.js'
import type { TaskRunner } from './task-runner.js'

type ReadCall = PendingCall<OperationMessage>

/** Enough to share the cost of a message, few enough that a slow one does not keep many waiting. */
const maxBundle = 32

/** Hands reads to the reader threads. Calls of one turn of the event loop travel together, shared out evenly. */
export class ReadLane {
  readonly #queue: LaneQueue<OperationMessage>
  readonly #runner: TaskRunner<ReaderTask>
  #busyThreads = 0
  readonly #endOfTurn = new EndOfTurn(() => this.#flush())

  constructor(runner: TaskRunner<ReaderTask>, limits: QueueLimits) {
    this.#runner = runner
    this.#queue = new LaneQueue('read', limits)
  }

  execute(message: OperationMessage, bytes: number, options: CallOptions, decode: Decode): Promise<unknown> {
    const call = this.#queue.add(message, bytes, options, decode)
    this.#endOfTurn.plan()
    return call.promise
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  stats(): LaneStats {
    return this.#queue.stats()
  }

  #flush(): void {
    while (this.#queue.size > 0 && this.#busyThreads < this.#runner.threads) {
      const freeThreads = this.#runner.threads - this.#busyThreads
      const share = Math.min(maxBundle, Math.ceil(this.#queue.size / freeThreads))
      void this.#send(this.#queue.take((_, taken) => taken < share))
    }
  }

  async #send(calls: readonly ReadCall[]): Promise<void> {
    const operations = calls.map((call) => call.request)
    this.#busyThreads += 1
    const outcomes = await this.#read(operations)
    this.#busyThreads -= 1
    // The thread gets its next bundle first: it reads while this one is decoded.
    this.#flush()
    await settleOneByOne(calls, operations, outcomes)
    this.#queue.finish(calls)
  }

  async #read(operations: readonly OperationMessage[]): Promise<AnyOutcome[]> {
    try {
      return await this.#runner.run<AnyOutcome[]>({ kind: 'operations', operations })
    } catch (error) {
      const message = `The reader thread was lost: ${error instanceof Error ? error.message : String(error)}`
      const lost = new ConvoDbError('WORKER_LOST', message).toJSON()
      return operations.map(() => ({ ok: false, error: lost }))
    }
  }
}
