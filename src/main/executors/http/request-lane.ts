import { ConvoDbError } from '../../../protocol/errors.js'
import { nextTurn } from '../../next-turn.js'
import type { CallOptions } from '../../validation/call-options.js'
import type { Decode, PendingCall } from '../lanes/call.js'
import { LaneQueue, type QueueLimits } from '../lanes/lane-queue.js'
import { EndOfTurn } from '../lanes/time.js'
import { errorOf } from './problem.js'

export interface RequestLimits extends QueueLimits {
  /** Requests that may be under way at once, by now. */
  readonly maxRequests: () => number
  readonly maxRequestOperations: number
  /** Of a request's body; a larger operation goes alone. */
  readonly maxRequestBytes: number
}

/** Sends operations, each as JSON text, and gives the outcome of each. */
export type SendOperations = (operations: readonly string[]) => Promise<readonly unknown[] | 'inserted'>

/** An operation as JSON text, and the id of the message that it stores. */
interface SentOperation {
  readonly text: string
  readonly messageId?: unknown
}

const noLatency = { record: () => undefined, summary: () => ({ p50: 0, p95: 0, p99: 0, max: 0 }) }

/** So many calls, and what their callers do next, take a millisecond or so. */
const callsPerTurn = 256

/**
 * From so many on, what waits goes as two requests: else all callers are answered at once, call again at once, and server and
 * callers take turns in waiting for each other.
 */
const minSplitOperations = 32

/** Calls of one turn of the event loop travel in one request; while it is under way the next one gathers. */
export class RequestLane {
  readonly #lane: 'read' | 'write'
  readonly #queue: LaneQueue<SentOperation>
  readonly #limits: RequestLimits
  readonly #send: SendOperations
  readonly #endOfTurn = new EndOfTurn(() => this.#flush())
  #requests = 0

  constructor(lane: 'read' | 'write', limits: RequestLimits, send: SendOperations) {
    this.#lane = lane
    this.#queue = new LaneQueue(lane, limits, noLatency)
    this.#limits = limits
    this.#send = send
  }

  refusal(): ConvoDbError | undefined {
    return this.#queue.refusal()
  }

  execute(operation: SentOperation, options: CallOptions, decode: Decode): Promise<unknown> {
    const call = this.#queue.add(operation, operation.text.length, options, decode)
    this.#endOfTurn.plan()
    return call.promise
  }

  ready(): Promise<void> {
    return this.#queue.ready()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  /** Ends what waits or is under way. */
  abandon(closed: ConvoDbError): void {
    this.#queue.abandon(({ isSent }) =>
      isSent && this.#lane === 'write'
        ? new ConvoDbError('OUTCOME_UNKNOWN', `${closed.message}, and the server had this call`)
        : closed,
    )
  }

  #flush(): void {
    const { maxRequestOperations, maxRequestBytes } = this.#limits
    const maxRequests = this.#limits.maxRequests()
    while (this.#requests < maxRequests && this.#queue.size > 0) {
      const waiting = this.#queue.size
      const splits = maxRequests > 1 && this.#requests === 0 && waiting >= minSplitOperations
      const share = splits ? waiting / 2 : waiting
      const most = Math.min(maxRequestOperations, Math.ceil(share))
      const calls = this.#queue.take(
        (call, taken, takenBytes) =>
          taken < most && (taken === 0 || takenBytes + call.bytes <= maxRequestBytes),
      )
      if (calls.length === 0) return
      this.#requests += 1
      void this.#ask(calls)
    }
  }

  async #ask(calls: readonly PendingCall<SentOperation>[]): Promise<void> {
    try {
      const outcomes = await this.#send(calls.map(({ request }) => request.text))
      this.#requests -= 1
      this.#flush()
      for (const [index, call] of calls.entries()) {
        if (index > 0 && index % callsPerTurn === 0) await nextTurn()
        settle(call, outcomes === 'inserted' ? outcomes : outcomes[index])
      }
    } catch (error) {
      this.#requests -= 1
      for (const call of calls) call.reject(error)
    } finally {
      this.#queue.finish(calls)
      this.#flush()
    }
  }
}

function settle(call: PendingCall<SentOperation>, outcome: unknown): void {
  if (typeof outcome === 'string') {
    void call.resolve({ messageId: call.request.messageId, outcome })
    return
  }
  if (typeof outcome !== 'object' || outcome === null) return call.reject(noOutcome())
  if (Reflect.get(outcome, 'ok') === true) void call.resolve(Reflect.get(outcome, 'value'))
  else call.reject(errorOf(Reflect.get(outcome, 'error')) ?? noOutcome())
}

const noOutcome = (): ConvoDbError =>
  new ConvoDbError('INTERNAL', 'The server gave no answer to this operation')
