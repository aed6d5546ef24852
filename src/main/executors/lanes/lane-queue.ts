import { ConvoDbError } from '../../../protocol/errors.js'
import type { Lane } from '../../../protocol/operation.js'
import { unreadable } from '../../reading/reading.js'
import type { CallOptions } from '../../validation/call-options.js'
import { doInTurns } from '../../stepwise.js'
import { CallQueue } from './call-queue.js'
import { PendingCall, type Decode } from './call.js'
import { assertFitsQueue } from './assert-fits-queue.js'
import type { LargeCall } from './large-call.js'
import type { LaneStats, LatencyMs } from '../../stats.js'

export interface QueueLimits {
  readonly maxQueuedOperations: number
  readonly maxQueuedBytes: number
}

/** Keeps how long calls took. */
interface Latency {
  record(milliseconds: number): void
  summary(): LatencyMs
}

interface Refusal {
  readonly message: string
  readonly details: {
    readonly queuedOperations: number
    readonly maxQueuedOperations: number
    readonly queuedBytes: number
    readonly maxQueuedBytes: number
  }
}

/** One call in so many tells its latency. */
const callsPerSample = 16

/** A lane's waiting calls: first in, first out, bounded in number and in bytes. */
export class LaneQueue<Request> {
  readonly #lane: Lane
  readonly #limits: QueueLimits
  readonly #latency: Latency
  readonly #waiting = new CallQueue<PendingCall<Request>>()
  #added = 0
  #waitingBytes = 0
  readonly #running = new Set<readonly PendingCall<Request>[]>()
  #runningCalls = 0
  #finished = 0
  #isClosed = false
  /** Calls that have no place in the queue before they are packed. */
  readonly #placeless = new Set<PendingCall<Request>>()
  #onIdle: (() => void) | undefined
  /** Producers that wait for room. */
  readonly #producers: (() => void)[] = []
  #refusal: Refusal

  constructor(lane: Lane, limits: QueueLimits, latency: Latency) {
    this.#latency = latency
    this.#lane = lane
    this.#limits = limits
    this.#refusal = this.#describeFull(0, 0)
  }

  get size(): number {
    return this.#waiting.size
  }

  /**
   * Lets a call wait for its turn; returns it.
   *
   * @throws CLOSED, ABORTED, TOO_LARGE, OVERLOADED
   */
  add(request: Request, bytes: number, options: CallOptions, decode: Decode): PendingCall<Request> {
    const call = this.#begin(request, bytes, options, decode)
    this.#waiting.add(call)
    this.#waitingBytes += bytes
    return call
  }

  /** As `add`, for a call that gets its place in the queue only when it is packed. */
  addPlaceless(request: Request, options: CallOptions, decode: Decode): PendingCall<Request> {
    const call = this.#begin(request, 0, options, decode)
    this.#placeless.add(call)
    return call
  }

  /** Packs a call that waits; returns whether it goes on waiting, for its turn. */
  async pack<Packed extends Request>(
    call: PendingCall<Request>,
    { request }: LargeCall<Packed>,
    bytesOf: (packed: Packed) => number,
  ): Promise<boolean> {
    const { maxQueuedBytes } = this.#limits
    try {
      const packed = await doInTurns(request.steps, () => {
        call.throwIfSettled()
        assertFitsQueue(request.bytesSoFar(), maxQueuedBytes)
      })
      call.throwIfSettled()
      const bytes = bytesOf(packed)
      assertFitsQueue(bytes, maxQueuedBytes)
      if (this.#waitingBytes + bytes > maxQueuedBytes) throw this.#full()
      call.request = packed
      call.bytes = bytes
      this.#waitingBytes += bytes
      if (this.#placeless.delete(call)) this.#waiting.add(call)
      return true
    } catch (error) {
      if (call.isSettled) return false
      call.reject(error instanceof ConvoDbError ? error : unreadable())
      this.#noticeGivenUp(call)
      return false
    }
  }

  #begin(request: Request, bytes: number, options: CallOptions, decode: Decode): PendingCall<Request> {
    this.#assertFits(bytes)
    if (options.signal?.aborted === true) {
      throw new ConvoDbError('ABORTED', 'The signal was aborted before the call', { maybeCommitted: false })
    }
    const isSample = this.#added % callsPerSample === 0
    this.#added += 1
    const call = new PendingCall(request, bytes, decode, isSample ? performance.now() : undefined)
    if (options.signal !== undefined || options.timeoutMs !== undefined) {
      call.watch(options, this.#lane === 'write', () => this.#noticeGivenUp(call))
    }
    return call
  }

  /** The call whose turn it is, without taking it. */
  peek(): PendingCall<Request> | undefined {
    return this.#waiting.peek()
  }

  /** Takes calls while `fits` says so; they count as running until each is finished. */
  take(fits: (call: PendingCall<Request>, taken: number, takenBytes: number) => boolean) {
    const taken: PendingCall<Request>[] = []
    let bytes = 0
    for (let call = this.peek(); call !== undefined; call = this.peek()) {
      if (!fits(call, taken.length, bytes)) break
      this.#waiting.shift()
      call.isSent = true
      taken.push(call)
      bytes += call.bytes
    }
    this.#waitingBytes -= bytes
    this.#running.add(taken)
    this.#runningCalls += taken.length
    this.#noticeRoom()
    return taken
  }

  /** Resolves when at most half of the queue is taken, or when it is closed: then a call says so. */
  ready(): Promise<void> {
    return this.#isHalfEmpty() ? Promise.resolve() : new Promise((resolve) => this.#producers.push(resolve))
  }

  #isHalfEmpty(): boolean {
    const { maxQueuedOperations, maxQueuedBytes } = this.#limits
    const isHalfEmpty =
      this.#waiting.size <= maxQueuedOperations / 2 && this.#waitingBytes <= maxQueuedBytes / 2
    return isHalfEmpty || this.#isClosed
  }

  #noticeRoom(): void {
    if (this.#producers.length === 0 || !this.#isHalfEmpty()) return
    for (const resolve of this.#producers.splice(0)) resolve()
  }

  /** Notes that calls which were taken have been answered. */
  finish(calls: readonly PendingCall<Request>[]): void {
    const nowMs = performance.now()
    for (const { startedAtMs } of calls) {
      if (startedAtMs !== undefined) this.#latency.record(nowMs - startedAtMs)
    }
    if (!this.#running.delete(calls)) return
    this.#runningCalls -= calls.length
    this.#finished += calls.length
    this.#noticeIdle()
  }

  /** Takes no more calls; resolves when all that were accepted are answered. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#noticeRoom()
    return new Promise((resolve) => {
      this.#onIdle = resolve
      this.#noticeIdle()
    })
  }

  /** Ends every call that waits or runs. */
  abandon(errorOf: (call: PendingCall<Request>) => ConvoDbError): void {
    this.#isClosed = true
    const waiting = this.take(() => true)
    for (const call of waiting) call.isSent = false
    for (const call of this.#placeless) call.reject(errorOf(call))
    this.#placeless.clear()
    for (const calls of this.#running) {
      for (const call of calls) call.reject(errorOf(call))
      this.finish(calls)
    }
    this.#noticeRoom()
  }

  stats(): LaneStats {
    return {
      queuedOperations: this.#waiting.size,
      queuedBytes: this.#waitingBytes,
      runningOperations: this.#runningCalls,
      finishedOperations: this.#finished,
      latencyMs: this.#latency.summary(),
    }
  }

  #noticeGivenUp(call: PendingCall<Request>): void {
    if (call.isSent) return
    if (!this.#placeless.delete(call)) this.#waiting.forgetOne()
    this.#waitingBytes -= call.bytes
    this.#noticeRoom()
    this.#noticeIdle()
  }

  #noticeIdle(): void {
    if (this.#waiting.size === 0 && this.#placeless.size === 0 && this.#runningCalls === 0) this.#onIdle?.()
  }

  #assertFits(bytes: number): void {
    const { maxQueuedBytes } = this.#limits
    if (this.#isClosed) throw new ConvoDbError('CLOSED', 'The database is closed')
    assertFitsQueue(bytes, maxQueuedBytes)
    if (this.#waitingBytes + bytes > maxQueuedBytes) throw this.#full()
    const refusal = this.refusal()
    if (refusal !== undefined) throw refusal
  }

  /** OVERLOADED when not even one more call of no size may wait. */
  refusal(): ConvoDbError | undefined {
    const { maxQueuedOperations, maxQueuedBytes } = this.#limits
    if (this.#isClosed) return undefined
    const isFull = this.#queuedOperations >= maxQueuedOperations || this.#waitingBytes >= maxQueuedBytes
    return isFull ? this.#full() : undefined
  }

  get #queuedOperations(): number {
    return this.#waiting.size + this.#placeless.size
  }

  /** While nothing changes in a full queue every refusal says the same, so it is put into words once. */
  #full(): ConvoDbError {
    const queuedOperations = this.#queuedOperations
    const queuedBytes = this.#waitingBytes
    const { details } = this.#refusal
    if (details.queuedOperations !== queuedOperations || details.queuedBytes !== queuedBytes) {
      this.#refusal = this.#describeFull(queuedOperations, queuedBytes)
    }
    return ConvoDbError.withoutStack('OVERLOADED', this.#refusal.message, this.#refusal.details)
  }

  #describeFull(queuedOperations: number, queuedBytes: number): Refusal {
    const { maxQueuedOperations, maxQueuedBytes } = this.#limits
    return {
      message:
        `The ${this.#lane} queue is full: ${queuedOperations} of ${maxQueuedOperations} operations, ` +
        `about ${queuedBytes} of ${maxQueuedBytes} bytes; call again later`,
      details: Object.freeze({ queuedOperations, maxQueuedOperations, queuedBytes, maxQueuedBytes }),
    }
  }
}
