import {
  maxBatchesUnderWay,
  packBatch,
  type BatchAnswer,
  type BatchOutcome,
} from '../../../protocol/batch.js'
import { ConvoDbError, errorCodes } from '../../../protocol/errors.js'
import { operations } from '../../../protocol/operations.js'
import { countIn, type OperationRequest, type WriteMessage } from '../../../protocol/requests.js'
import type { CallOptions } from '../../validation/call-options.js'
import { publishCommit } from '../../diagnostics.js'
import type { LaneStats } from '../../stats.js'
import { estimateBytes } from './large-call.js'
import { EndOfTurn } from './time.js'
import { LaneQueue, type QueueLimits } from './lane-queue.js'
import { LatencyRecorder } from './latency-recorder.js'
import { beingPacked, type LargeCall } from './large-call.js'
import type { Decode, PendingCall } from './call.js'
import { settle, settleInTurns } from './call.js'
import type { WriterRunner } from './task-runner.js'

export interface BatchLimits extends QueueLimits {
  readonly maxBatchOperations: number
  readonly maxBatchBytes: number
}

/** What waits for the writer: an operation, or a task that needs it for itself until its promise settles. */
type WriteRequest = WriteMessage | ExclusiveTask | typeof beingPacked

interface ExclusiveTask {
  readonly name: 'exclusive'
  /** Resolves when the writer is free again. */
  readonly run: () => Promise<unknown>
}

type WriteCall = PendingCall<WriteRequest>

interface WriteLaneStats extends LaneStats {
  readonly commits: number
  readonly averageBatch: number
  readonly failedBatches: number
}

const isMessage = (request: WriteRequest): request is WriteMessage =>
  request.name !== 'exclusive' && request.name !== 'being packed'

const isRequest = (message: WriteMessage): message is OperationRequest =>
  message.name === 'group' || message.name === 'bulk'

const sharesTransaction = ({ request }: WriteCall): boolean =>
  isMessage(request) && (isRequest(request) || operations[request.name].transaction === 'shared')

/** How many operations a call brings into the transaction. */
const countOperationsOf = ({ request }: WriteCall): number =>
  isMessage(request) && isRequest(request) ? countIn(request) : 1

/** Then no call of the batch was committed, or may have been: every one gets the same. */
const isBatchFault = (outcome: BatchOutcome): boolean =>
  typeof outcome === 'object' && !outcome.ok && errorCodes[outcome.error.code].concerns !== 'operation'

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
  readonly #runner: WriterRunner
  readonly #limits: BatchLimits
  #batchesUnderWay = 0
  /** A lease or an operation outside transactions has the writer for itself. */
  #isAlone = false
  readonly #endOfTurn = new EndOfTurn(() => this.#flush())
  #lastBatch = 0
  #commits = 0
  #failedBatches = 0
  #committedOperations = 0

  constructor(runner: WriterRunner, limits: BatchLimits) {
    this.#runner = runner
    this.#limits = limits
    this.#queue = new LaneQueue('write', limits, new LatencyRecorder())
  }

  refusal(): ConvoDbError | undefined {
    return this.#queue.refusal()
  }

  execute(message: WriteMessage, bytes: number, options: CallOptions, decode: Decode): Promise<unknown> {
    const call = this.#queue.add(message, bytes, options, decode)
    this.#endOfTurn.plan()
    return call.promise
  }

  /** Takes its turn like any other call; what comes after it waits until it is packed, so that the order stays. */
  prepare(large: LargeCall<WriteMessage>): Promise<unknown> {
    const call = this.#queue.add(beingPacked, 0, large.options, large.decode)
    void this.#queue.pack(call, large, estimateBytes).then(() => this.#flush())
    return call.promise
  }

  /**
   * Waits for the writer, then keeps it until `run` says that it is free again. Signal and deadline end only the wait.
   *
   * @param run gets the number under which the writer records a commit.
   */
  async runExclusive(run: (batch: number) => Promise<unknown>, options: CallOptions): Promise<void> {
    const start = (): Promise<unknown> => run((this.#lastBatch += 1))
    const call = this.#queue.add({ name: 'exclusive', run: start }, 0, options, () => undefined)
    this.#endOfTurn.plan()
    await call.promise
  }

  /** Resolves when the queue is at most half full, so that a producer may go on. */
  ready(): Promise<void> {
    return this.#queue.ready()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  /** Ends what waits or runs. What the writer has been given it may do all the same. */
  abandon(closed: ConvoDbError): void {
    this.#queue.abandon(({ isSent }) =>
      isSent
        ? new ConvoDbError('OUTCOME_UNKNOWN', `${closed.message}, and the writer had this call`)
        : closed,
    )
  }

  stats(): WriteLaneStats {
    const averageBatch = this.#commits === 0 ? 0 : this.#committedOperations / this.#commits
    const commits = this.#commits
    return { ...this.#queue.stats(), commits, averageBatch, failedBatches: this.#failedBatches }
  }

  #flush(): void {
    for (let first = this.#queue.peek(); first !== undefined; first = this.#queue.peek()) {
      if (first.request.name === 'being packed') return
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
    let operationCount = 0
    const calls = this.#queue.take((call, taken, takenBytes) => {
      if (!sharesTransaction(call) || taken === most) return false
      const more = countOperationsOf(call)
      const fits = takenBytes + call.bytes <= maxBatchBytes && operationCount + more <= maxBatchOperations
      if (taken > 0 && !fits) return false
      operationCount += more
      return true
    })
    this.#batchesUnderWay += 1
    await this.#answer(calls, async () => {
      const messages: WriteMessage[] = []
      for (const { request } of calls) if (isMessage(request)) messages.push(request)
      const batch = (this.#lastBatch += 1)
      const startedAtMs = performance.now()
      const answer = await this.#runner.run({ kind: 'batch', batch, items: packBatch(messages) })
      this.#noteBatch(calls.length, answer, performance.now() - startedAtMs)
      await settleInTurns(calls, messages, answer)
    })
    this.#batchesUnderWay -= 1
    this.#flush()
  }

  #noteBatch(operationCount: number, answer: BatchAnswer, durationMs: number): void {
    const isCommitted = answer === 'inserted' || !answer.every(isBatchFault)
    if (isCommitted) {
      this.#commits += 1
      this.#committedOperations += operationCount
    } else {
      this.#failedBatches += 1
    }
    publishCommit({ operations: operationCount, isCommitted, durationMs })
  }

  async #runAlone(): Promise<void> {
    const calls = this.#queue.take((_, taken) => taken === 0)
    const [call] = calls
    if (call === undefined) return
    this.#isAlone = true
    await this.#answer(calls, async () => {
      if (call.request.name === 'exclusive') {
        const free = call.request.run()
        call.resolve(undefined)
        await free
      } else if (isMessage(call.request) && !isRequest(call.request)) {
        const operation = call.request
        await settle(call, operation, await this.#runner.run({ kind: 'alone', operation }))
      }
    })
    this.#isAlone = false
    this.#flush()
  }

  async #answer(calls: readonly WriteCall[], work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#failedBatches += 1
      const lost = `The writer thread was lost: ${error instanceof Error ? error.message : String(error)}`
      // An error of ours says that nothing was sent.
      const reason = error instanceof ConvoDbError ? error : new ConvoDbError('OUTCOME_UNKNOWN', lost)
      for (const call of calls) call.reject(reason)
    } finally {
      this.#queue.finish(calls)
    }
  }
}
