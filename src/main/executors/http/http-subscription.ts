import { decodeChangeCursor, hasPassed } from '../../../protocol/change-cursor.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { ChangeEvent } from '../../../protocol/models.js'
import type { SubscribeOptions } from '../../subscriptions/options.js'
import type { ChangeSubscription } from '../../subscriptions/subscription.js'
import { onAbort } from '../lanes/call.js'
import { decodeResult } from './decode-result.js'
import { errorOf } from './problem.js'
import { readServerEvents, type ServerEvent } from './server-events.js'
import type { Transport } from './transport.js'

type Next = IteratorResult<ChangeEvent, undefined>
interface Taker {
  readonly resolve: (next: Next) => void
  readonly reject: (error: unknown) => void
}

const end: Next = { done: true, value: undefined }
const defaultQueuedEvents = 10_000
/** Clients of a server that comes back do not come all at once. */
const reopenWithinMs = 200

/**
 * The changes that a server tells of. A stream that is cut is opened again behind the last change that came. What was committed before
 * it was opened is read at the pace at which it is taken; of what comes after, only so much waits.
 */
export class HttpSubscription implements ChangeSubscription {
  readonly #transport: Transport
  readonly #query = new URLSearchParams()
  readonly #maxQueuedEvents: number
  readonly #onEnd: () => void
  readonly #stop = new AbortController()
  readonly #stopListening: (() => void) | undefined
  readonly #queue: ChangeEvent[] = []
  #takers: Taker[] = []
  #onRoom: () => void = () => undefined
  /** Behind what was taken, and behind what came. */
  #cursor: string | undefined
  #received: string | undefined
  /** Where the changes ended when the stream was opened. */
  #openedAt: string | undefined
  #isOver = false
  /** Told once; behind it is the end. */
  #failure: unknown
  /** Settles when the server tells from now on, or has not at the first attempt. */
  readonly opened: Promise<void>

  /** @param refusal why nothing is asked for, where it is not; whoever takes first is told. */
  constructor(
    transport: Transport,
    options: SubscribeOptions,
    onEnd: (ended: HttpSubscription) => void,
    refusal?: ConvoDbError,
  ) {
    const { signal, after, maxQueuedEvents, ...rest } = options
    this.#transport = transport
    this.#onEnd = () => onEnd(this)
    this.#cursor = this.#received = after
    this.#maxQueuedEvents = maxQueuedEvents ?? defaultQueuedEvents
    for (const [name, value] of Object.entries({ ...rest, maxQueuedEvents })) {
      if (value !== undefined) this.#query.set(name, String(value))
    }
    const abort = (): void =>
      this.fail(new ConvoDbError('ABORTED', 'The subscription was aborted by its signal'))
    this.#stopListening = signal && onAbort(signal, abort)
    if (refusal !== undefined) this.fail(refusal)
    else if (signal?.aborted === true) abort()
    const opened = Promise.withResolvers<void>()
    this.opened = opened.promise
    void this.#follow(this.#open(opened.resolve))
  }

  get cursor(): string | undefined {
    return this.#queue.length === 0 ? this.#received : this.#cursor
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Ends it; what was not taken is gone, and whoever takes next is told. */
  fail(reason: unknown): void {
    if (this.#isOver) return
    const [first] = this.#takers
    if (first === undefined) this.#failure = reason
    this.#takers.shift()?.reject(reason)
    this.#finish()
  }

  next(): Promise<Next> {
    const event = this.#queue.shift()
    if (event !== undefined) {
      this.#cursor = event.cursor
      this.#onRoom()
      return Promise.resolve({ done: false, value: event })
    }
    if (!this.#isOver) return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }))
    const failure = this.#failure
    this.#failure = undefined
    return failure === undefined ? Promise.resolve(end) : Promise.reject(failure)
  }

  return(): Promise<Next> {
    this.#finish()
    return Promise.resolve(end)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stopListening?.()
    this.#stop.abort()
    this.#queue.length = 0
    for (const { resolve } of this.#takers.splice(0)) resolve(end)
    this.#onRoom()
    this.#onEnd()
  }

  #open(onAttempted?: () => void): Promise<Response> {
    if (this.#received !== undefined) this.#query.set('after', this.#received)
    const path = `v1/events?${this.#query}`
    const { signal } = this.#stop
    return this.#transport.open({
      method: 'GET',
      path,
      isRepeatable: true,
      isStream: true,
      signal,
      ...(onAttempted !== undefined && { onAttempted }),
    })
  }

  async #follow(first: Promise<Response>): Promise<void> {
    try {
      let { body } = await first
      for (;;) {
        if (body !== null) await this.#read(body)
        if (this.#isOver) return
        await new Promise((resolve) => setTimeout(resolve, Math.random() * reopenWithinMs))
        if (this.#isOver) return
        body = (await this.#open()).body
      }
    } catch (error) {
      this.fail(error)
    }
  }

  /** Up to the end of one stream, however it ends; what the server says of its end is thrown. */
  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const events = readServerEvents(body)
    for (;;) {
      const next = await events.next().catch(() => undefined)
      if (this.#isOver || next === undefined || next.done === true) return
      await this.#receive(next.value)
    }
  }

  async #receive({ id, name, data }: ServerEvent): Promise<void> {
    if (name === 'error') throw errorOf(JSON.parse(data ?? '{}'))
    if (name === 'started') this.#openedAt ??= JSON.parse(data ?? '{}').cursor
    else if (data !== undefined) await this.#put(toChange(JSON.parse(data)))
    this.#received = id ?? this.#received
  }

  async #put(event: ChangeEvent): Promise<void> {
    const taker = this.#takers.shift()
    if (taker !== undefined) {
      this.#cursor = event.cursor
      taker.resolve({ done: false, value: event })
      return
    }
    while (this.#queue.length >= this.#maxQueuedEvents && !this.#isOver) {
      if (this.#isNew(event)) throw this.#overloaded()
      await new Promise<void>((resolve) => (this.#onRoom = resolve))
    }
    this.#queue.push(event)
  }

  #isNew({ cursor }: ChangeEvent): boolean {
    const place = decodeChangeCursor(cursor)
    const openedAt = decodeChangeCursor(this.#openedAt ?? '')
    return place !== undefined && openedAt !== undefined && hasPassed(place, openedAt)
  }

  #overloaded(): ConvoDbError {
    const details = { queuedEvents: this.#queue.length, cursor: this.#cursor ?? this.#openedAt ?? '' }
    return new ConvoDbError(
      'OVERLOADED',
      'Changes came faster than they were taken; go on from details.cursor',
      details,
    )
  }
}

function toChange(json: unknown): ChangeEvent
function toChange(json: unknown): unknown {
  return decodeResult(json)
}
