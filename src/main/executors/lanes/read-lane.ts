import { ConvoDbError } from '../../../protocol/errors.js'
import type { AnyOutcome, OperationMessage } from '../../../protocol/messages.js'
import type { CallOptions } from '../../validation/call-options.js'
import type { LaneStats } from '../../stats.js'
import { estimateBytes, beingPacked, type LargeCall } from './large-call.js'
import { EndOfTurn } from './time.js'
import { LaneQueue, type QueueLimits } from './lane-queue.js'
import { LatencyRecorder } from './latency-recorder.js'
import { type Decode, type PendingCall, settle, settleOneByOne } from './call.js'
import { AnswerMemory, BundleRooms } from './answer-memory.js'
import { SlowTasks } from './slow-tasks.js'
import type { ReaderRunner } from './task-runner.js'

type ReadRequest = OperationMessage | typeof beingPacked
type ReadCall = PendingCall<ReadRequest>

/** Those that wait for their turn are packed. */
const isOperation = (request: ReadRequest): request is OperationMessage => request.name !== 'being packed'

export interface ReadLimits extends QueueLimits {
  readonly readTimeoutMs: number
}

/** Enough to share the cost of a message, few enough that a slow one does not keep many waiting. */
const maxBundle = 32

/**
 * Hands reads to the reader threads. Calls of one turn of the event loop travel together, shared out evenly. A thread that
 * is lost, or does not answer in time, is replaced, and what it had is read once more, call by call.
 */
export class ReadLane {
  readonly #queue: LaneQueue<ReadRequest>
  readonly #runner: ReaderRunner
  readonly #slowTasks: SlowTasks
  readonly #readTimeoutMs: number
  #busyThreads = 0
  #memory: AnswerMemory | undefined
  readonly #endOfTurn = new EndOfTurn(() => this.#flush())

  constructor(runner: ReaderRunner, limits: ReadLimits) {
    this.#runner = runner
    this.#readTimeoutMs = limits.readTimeoutMs
    this.#slowTasks = new SlowTasks(limits.readTimeoutMs)
    this.#queue = new LaneQueue('read', limits, new LatencyRecorder())
  }

  refusal(): ConvoDbError | undefined {
    return this.#queue.refusal()
  }

  execute(message: OperationMessage, bytes: number, options: CallOptions, decode: Decode): Promise<unknown> {
    const call = this.#queue.add(message, bytes, options, decode)
    this.#endOfTurn.plan()
    return call.promise
  }

  /** Nobody waits for it meanwhile: it gets its place in the queue when it is packed. */
  prepare(large: LargeCall<OperationMessage>): Promise<unknown> {
    const call = this.#queue.addPlaceless(beingPacked, large.options, large.decode)
    void this.#queue.pack(call, large, estimateBytes).then((waits) => waits && this.#endOfTurn.plan())
    return call.promise
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  /** Ends what waits or runs, with this error. */
  abandon(error: ConvoDbError): void {
    this.#queue.abandon(() => error)
    this.#slowTasks.abandon()
  }

  get isIdle(): boolean {
    return this.#busyThreads === 0 && this.#queue.size === 0
  }

  /** How long the oldest read under way has been running. */
  oldestMs(): number {
    return this.#slowTasks.oldestMs()
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
    const operations = calls.map((call) => call.request).filter(isOperation)
    this.#busyThreads += 1
    const rooms = this.#roomsFor(operations)
    const outcomes = await this.#read(calls, rooms?.operations ?? operations).catch(() => undefined)
    this.#busyThreads -= 1
    // The thread gets its next bundle first: it reads while this one is decoded.
    this.#flush()
    if (outcomes === undefined) {
      // The thread that had it may still write into its rooms.
      if (rooms !== undefined) this.#memory = undefined
      await Promise.all(calls.map((call) => this.#readAgain(call)))
    } else {
      await settleOneByOne(calls, operations, rooms?.answersOf(outcomes) ?? outcomes)
      rooms?.takeBack()
    }
    this.#queue.finish(calls)
  }

  #roomsFor(operations: readonly OperationMessage[]): BundleRooms | undefined {
    if (operations.every(({ form }) => form !== 'lent json')) return undefined
    this.#memory ??= new AnswerMemory()
    return new BundleRooms(this.#memory, operations)
  }

  /** Each by itself, so that the one which cost a thread does not cost its neighbours their answers. */
  async #readAgain(call: ReadCall): Promise<void> {
    // Given up by its caller, it is not worth a second thread.
    if (call.isSettled) return
    try {
      const operations = [call.request].filter(isOperation)
      const [outcome] = await this.#read([call], operations)
      await settle(call, operations[0], outcome)
    } catch (error) {
      call.reject(this.#errorOf(error))
    }
  }

  #read(calls: readonly ReadCall[], operations: readonly OperationMessage[]): Promise<AnyOutcome[]> {
    return this.#slowTasks.watch(
      () => calls.some((call) => call.isSettled),
      (signal) => this.#runner.run({ kind: 'operations', operations }, [], signal),
    )
  }

  #errorOf(error: unknown): ConvoDbError {
    if (error instanceof ConvoDbError) return error
    if (!(error instanceof Error) || error.name !== 'AbortError') {
      return new ConvoDbError('WORKER_LOST', `Two reader threads were lost over this: ${String(error)}`)
    }
    const message = `Not answered within readTimeoutMs (${this.#readTimeoutMs} ms), in two attempts`
    return new ConvoDbError('TIMEOUT', message, { readTimeoutMs: this.#readTimeoutMs })
  }
}
