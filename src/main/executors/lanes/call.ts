import { nextTurn } from '../../next-turn.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { CallOptions } from '../../validation/call-options.js'
import { doInTurns, Stepwise } from '../../stepwise.js'
import type { BatchAnswer, BatchOutcome } from '../../../protocol/batch.js'
import type { Outcome } from '../../../protocol/messages.js'
import type { WriteMessage } from '../../../protocol/requests.js'
import { Pace } from '../../../protocol/steps.js'

/** Turns what crossed the threads into what the caller gets. */
export type Decode = (value: unknown) => unknown

/** What may end a call before its answer. */
interface Watch {
  readonly mayCommit: boolean
  readonly timer: NodeJS.Timeout | undefined
  readonly stopListening: (() => void) | undefined
  readonly onGivenUp: () => void
}

type Resolve = (value: unknown) => void
type Reject = (error: unknown) => void

// A promise's functions, taken out by one function for all calls instead of a closure for each.
let resolveOfNewest: Resolve
let rejectOfNewest: Reject
const takeFunctions = (resolve: Resolve, reject: Reject): void => {
  resolveOfNewest = resolve
  rejectOfNewest = reject
}

/**
 * A call between its start and its answer. It settles exactly once: by its answer, its signal or its deadline,
 * whichever comes first. Lean, since thousands of them wait at once: its garbage is most of what a call costs.
 */
export class PendingCall<Request> {
  /** What goes to a worker; it may be packed while the call waits. */
  request: Request
  bytes: number
  readonly promise: Promise<unknown>
  /** Milliseconds; known of some calls only, from which latencies are told. */
  readonly startedAtMs: number | undefined
  /** Set when the request went to a worker: it can not be called back then. */
  isSent = false
  isSettled = false
  readonly #decode: Decode
  readonly #resolve: Resolve
  readonly #reject: Reject
  #watch: Watch | undefined

  constructor(request: Request, bytes: number, decode: Decode, startedAtMs: number | undefined) {
    this.request = request
    this.bytes = bytes
    this.startedAtMs = startedAtMs
    this.promise = new Promise(takeFunctions)
    this.#decode = decode
    this.#resolve = resolveOfNewest
    this.#reject = rejectOfNewest
  }

  /**
   * Ends the call before its answer when its signal or deadline says so, and tells `onGivenUp`.
   *
   * @param mayCommit whether it is a write, which may be committed all the same once it was sent.
   */
  watch({ signal, timeoutMs }: CallOptions, mayCommit: boolean, onGivenUp: () => void): void {
    const message = `The call was not answered within ${String(timeoutMs)} ms`
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => this.#giveUp('TIMEOUT', message), timeoutMs)
    const stopListening =
      signal && onAbort(signal, () => this.#giveUp('ABORTED', 'The call was aborted by its signal'))
    this.#watch = { mayCommit, timer, stopListening, onGivenUp }
  }

  /** Answers with a value in wire form; the promise is there where decoding it takes several turns. */
  resolve(value: unknown): Promise<void> | undefined {
    if (this.isSettled) return undefined
    try {
      const decoded = this.#decode(value)
      if (decoded instanceof Stepwise) return this.#resolveInTurns(decoded)
      this.#settle()
      this.#resolve(decoded)
    } catch (error) {
      this.reject(error)
    }
    return undefined
  }

  async #resolveInTurns({ steps }: Stepwise<unknown>): Promise<void> {
    try {
      const decoded = await doInTurns(steps, () => this.throwIfSettled())
      this.throwIfSettled()
      this.#settle()
      this.#resolve(decoded)
    } catch (error) {
      this.reject(error)
    }
  }

  /** Ends work for a call that was given up. */
  throwIfSettled(): void {
    if (this.isSettled) throw new ConvoDbError('ABORTED', 'Nobody waits for this call any more')
  }

  reject(error: unknown): void {
    if (this.isSettled) return
    this.#settle()
    this.#reject(error)
  }

  #giveUp(code: 'TIMEOUT' | 'ABORTED', message: string): void {
    if (this.isSettled) return
    const watch = this.#watch
    this.reject(new ConvoDbError(code, message, { maybeCommitted: this.isSent && watch?.mayCommit === true }))
    watch?.onGivenUp()
  }

  #settle(): void {
    this.isSettled = true
    if (this.#watch === undefined) return
    const { timer, stopListening } = this.#watch
    clearTimeout(timer)
    stopListening?.()
    this.#watch = undefined
  }
}

/** What is to be done when a signal is aborted. Thousands of calls may share one signal, which then has one listener. */
const actsBySignal = new WeakMap<AbortSignal, Set<() => void>>()

/** Does something when the signal is aborted, at most once; returns what calls that off. */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const acts = actsBySignal.get(signal) ?? listenTo(signal)
  acts.add(act)
  return () => acts.delete(act)
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>()
  actsBySignal.set(signal, acts)
  const actAll = (): void => {
    for (const act of acts) act()
    acts.clear()
  }
  signal.addEventListener('abort', actAll, { once: true })
  return acts
}

/** So many calls, and what their callers do next, take a millisecond or so. */
const callsPerTurn = 256

/** Gives each call the outcome at its place; many of them in several turns of the event loop, so that it never stands still. */
export async function settleInTurns(
  calls: readonly PendingCall<unknown>[],
  operations: readonly WriteMessage[],
  answer: BatchAnswer,
): Promise<void> {
  const pace = new Pace()
  for (const [index, call] of calls.entries()) {
    if (index > 0 && (index % callsPerTurn === 0 || pace.isOver())) {
      await nextTurn()
      pace.restart()
    }
    const later = settle(call, operations[index], answer === 'inserted' ? answer : answer[index])
    if (later !== undefined) await later
  }
}

/**
 * Gives each call the outcome at its place, lets go of it and lets the caller go on before the next one is decoded. What
 * a bundle of pages holds is megabytes, and what outlives a collection of garbage costs ten times as much to collect.
 */
export async function settleOneByOne(
  calls: readonly PendingCall<unknown>[],
  operations: readonly WriteMessage[],
  outcomes: (BatchOutcome | Outcome<unknown>)[],
): Promise<void> {
  const pace = new Pace()
  for (const [index, call] of calls.entries()) {
    await settle(call, operations[index], outcomes.shift())
    if (!pace.isOverNow()) continue
    await nextTurn()
    pace.restart()
  }
}

/** Gives a call its outcome; the promise is there where decoding it takes several turns. */
export function settle(
  call: PendingCall<unknown>,
  operation: WriteMessage | undefined,
  outcome: BatchOutcome | Outcome<unknown> | undefined,
): Promise<void> | undefined {
  if (typeof outcome === 'string' && operation?.name === 'storeMessage' && 'params' in operation) {
    return call.resolve({ messageId: operation.params.messageId, outcome })
  }
  if (typeof outcome === 'object' && outcome.ok) return call.resolve(outcome.value)
  call.reject(
    typeof outcome === 'object'
      ? ConvoDbError.from(outcome.error)
      : new ConvoDbError('INTERNAL', 'The worker gave no answer to this operation'),
  )
  return undefined
}
