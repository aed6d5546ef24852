import { ConvoDbError } from '../../../protocol/errors.js'
import type { Lane } from '../../../protocol/operation.js'
import type { CallOptions } from '../../call-options.js'
import { LatencyRecorder } from './latency-recorder.js'
import { PendingCall } from './pending-call.js'
import type { LaneStats } from '../../stats.js'

export interface QueueLimits {
  readonly maxQueuedOperations: number
  readonly maxQueuedBytes: number
}

const latencySamplesPerBatch = 64

/** A lane's waiting calls: first in, first out, bounded in number and in bytes. */
export class LaneQueue<Request> {
  readonly #lane: Lane
  readonly #limits: QueueLimits
  readonly #latency = new LatencyRecorder()
  /** A set keeps the order and lets a call that was given up leave from the middle. */
  readonly #waiting = new Set<PendingCall<Request>>()
  #waitingBytes = 0
  #running = 0
  #finished = 0
  #isClosed = false
  #onIdle: (() => void) | undefined
  /** Producers that wait for room. */
  readonly #producers: (() => void)[] = []

  constructor(lane: Lane, limits: QueueLimits) {
    this.#lane = lane
    this.#limits = limits
  }

  get size(): number {
    return this.#waiting.size
  }

  /**
   * Lets a call wait for its turn; returns it.
   *
   * @throws CLOSED, ABORTED, TOO_LARGE, OVERLOADED
   */
  add(request: Request, bytes: number, options: CallOptions): PendingCall<Request> {
    this.#assertRoom(bytes)
    if (options.signal?.aborted === true) {
      throw new ConvoDbError('ABORTED', 'The signal was aborted before the call', { maybeCommitted: false })
    }
    const call = new PendingCall(request, bytes)
    if (options.signal !== undefined || options.timeoutMs !== undefined) {
      call.watch(options, () => this.#drop(call))
    }
    this.#waiting.add(call)
    this.#waitingBytes += bytes
    return call
  }

  /** The call whose turn it is, without taking it. */
  peek(): PendingCall<Request> | undefined {
    return this.#waiting.values().next().value
  }

  /** Takes calls while `fits` says so; they count as running until each is finished. */
  take(fits: (call: PendingCall<Request>, taken: number, takenBytes: number) => boolean) {
    const taken: PendingCall<Request>[] = []
    let bytes = 0
    for (const call of this.#waiting) {
      if (!fits(call, taken.length, bytes)) break
      this.#waiting.delete(call)
      call.isSent = true
      taken.push(call)
      bytes += call.bytes
    }
    this.#waitingBytes -= bytes
    this.#running += taken.length
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
    // A sample of a large batch tells as much as all of it.
    const step = Math.ceil(calls.length / latencySamplesPerBatch)
    calls.forEach((call, index) => {
      if (index % step === 0) this.#latency.record(nowMs - call.startedAtMs)
    })
    this.#running -= calls.length
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

  stats(): LaneStats {
    return {
      queuedOperations: this.#waiting.size,
      queuedBytes: this.#waitingBytes,
      runningOperations: this.#running,
      finishedOperations: this.#finished,
      latencyMs: this.#latency.summary(),
    }
  }

  #drop(call: PendingCall<Request>): void {
    if (!this.#waiting.delete(call)) return
    this.#waitingBytes -= call.bytes
    this.#noticeRoom()
    this.#noticeIdle()
  }

  #noticeIdle(): void {
    if (this.#waiting.size === 0 && this.#running === 0) this.#onIdle?.()
  }

  #assertRoom(bytes: number): void {
    const { maxQueuedOperations, maxQueuedBytes } = this.#limits
    if (this.#isClosed) throw new ConvoDbError('CLOSED', 'The database is closed')
    if (bytes > maxQueuedBytes) {
      throw new ConvoDbError(
        'TOO_LARGE',
        `One call of about ${bytes} bytes exceeds maxQueuedBytes (${maxQueuedBytes}); split it`,
        { bytes, maxQueuedBytes },
      )
    }
    if (this.#waiting.size >= maxQueuedOperations || this.#waitingBytes + bytes > maxQueuedBytes) {
      const queuedOperations = this.#waiting.size
      throw new ConvoDbError(
        'OVERLOADED',
        `The ${this.#lane} queue is full: ${queuedOperations} of ${maxQueuedOperations} operations, ` +
          `about ${this.#waitingBytes} of ${maxQueuedBytes} bytes; call again later`,
        { queuedOperations, maxQueuedOperations, queuedBytes: this.#waitingBytes, maxQueuedBytes },
      )
    }
  }
}
