import { hasPassed } from '../../protocol/change-cursor.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { ChangeEvent, JsonObject } from '../../protocol/models.js'
import { onAbort } from '../executors/lanes/call.js'
import { batchOf, filterBatch, type ChangeBatch } from './change-batch.js'
import { closed, internal, type ChangeHub, type Follower } from './change-hub.js'
import { ChangeQueue } from './change-queue.js'
import { placeOf } from './change-tail.js'
import { Inbox, type Next } from './inbox.js'
import { aborted, type SubscribeOptions } from './options.js'
import { listPatiently } from './patient-list.js'

/** The changes, one by one, until it is ended; a `for await` that is left ends it. */
export interface ChangeSubscription<Metadata extends object = JsonObject>
  extends AsyncIterableIterator<ChangeEvent<Metadata>, undefined, undefined>, AsyncDisposable {
  /**
   * Behind everything that was taken, to go on from later; it moves on while nothing of the channel happens, too. Undefined for a
   * moment at first on PostgreSQL and where the database was opened with `readOnly`.
   */
  readonly cursor: string | undefined
  return(): Promise<IteratorResult<ChangeEvent<Metadata>, undefined>>
}

/** Of the pages that a subscriber reads by itself, before it is with the others. */
const pageLimit = 500
const defaultQueuedEvents = 10_000
const defaultQueuedBytes = 16 * 1024 * 1024

/**
 * - `behind`: it reads by itself, a page when what it had was taken: never more than it is asked for.
 * - `joining`: it came to the end. What the hub gives from now on waits, while it reads on up to where that begins.
 * - `live`: the hub gives it what comes.
 */
type State = 'behind' | 'joining' | 'live' | 'ended'

export class Subscription implements ChangeSubscription, Follower {
  readonly channelId: string | undefined
  readonly #within: ReadonlySet<string> | undefined
  readonly #hub: ChangeHub
  readonly #bounds: { readonly events: number; readonly bytes: number }
  readonly #stopListening: (() => void) | undefined
  readonly #inbox = new Inbox((event) => (this.#takenCursor = event.cursor))
  /** Given by the hub while it joins. */
  readonly #waiting = new ChangeQueue()
  #state: State = 'behind'
  #isReading = false
  /** Behind all that was taken. */
  #takenCursor: string | undefined
  /** Behind all that it has read by itself; of what the hub gives it needs only what lies behind that. */
  #readCursor: string | undefined
  /** Where that begins which the hub gives. */
  #givenFrom = ''
  #mayKnow = true

  constructor(
    hub: ChangeHub,
    { channelId, withinChannels, after, signal, maxQueuedEvents, maxQueuedBytes }: SubscribeOptions,
  ) {
    this.channelId = channelId ?? (withinChannels?.length === 1 ? withinChannels[0] : undefined)
    // Of one channel the hub gives nothing else.
    const isOneOfThem = this.channelId !== undefined && withinChannels?.includes(this.channelId) === true
    this.#within = withinChannels && !isOneOfThem ? new Set(withinChannels) : undefined
    this.#hub = hub
    this.#bounds = {
      events: maxQueuedEvents ?? defaultQueuedEvents,
      bytes: maxQueuedBytes ?? defaultQueuedBytes,
    }
    this.#readCursor = this.#takenCursor = after ?? hub.presentCursor()
    this.#stopListening = signal && onAbort(signal, () => this.fail(aborted()))
    hub.register(this)
    if (hub.isClosed) this.fail(closed())
    else if (signal?.aborted === true) this.fail(aborted())
    else if (after === undefined) this.#beginNow()
  }

  get cursor(): string | undefined {
    const isAllTaken = this.#inbox.length === 0
    return this.#state === 'live' && isAllTaken ? this.#farthest(this.#hub.cursor) : this.#takenCursor
  }

  next(): Promise<Next> {
    const taken = this.#inbox.take()
    if (this.#inbox.isAwaited && this.#state === 'behind') void this.#readOn()
    return taken
  }

  return(): Promise<Next> {
    this.#end()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  take(given: ChangeBatch, before: string): void {
    const batch = this.#withinChannels(given)
    if (this.#state === 'joining') return this.#keep(batch)
    const start = this.#mayKnow ? this.#farthest(before) : before
    const fresh = this.#withoutKnown(batch)
    if (fresh.events.length === 0) return
    if (this.#inbox.length === 0) this.#takenCursor = start
    else if (this.#isTooMuch(this.#inbox, fresh)) return this.fail(this.#overloaded())
    this.#inbox.put(fresh)
  }

  fail(error: ConvoDbError): void {
    this.#end(error)
  }

  #end(error?: ConvoDbError): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#stopListening?.()
    this.#hub.remove(this)
    this.#waiting.drain()
    this.#inbox.end(error)
  }

  /** What is committed from here on is told, also what comes before anybody asks for it. */
  #beginNow(): void {
    if (this.#readCursor === undefined) void this.#readOn()
    else this.#join()
  }

  /** While somebody waits or, once it has come to the end, until it is with the others. */
  async #readOn(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#state === 'joining' || (this.#state === 'behind' && this.#needsPage()))
        await this.#readPage()
    } catch (error) {
      this.fail(error instanceof ConvoDbError ? error : internal(error))
    } finally {
      this.#isReading = false
    }
  }

  #needsPage(): boolean {
    return this.#inbox.isAwaited || this.#readCursor === undefined
  }

  async #readPage(): Promise<void> {
    const params = { channelId: this.channelId, after: this.#readCursor, limit: pageLimit }
    const { items, nextCursor, hasMore } = await listPatiently(
      this.#readCursor === undefined ? this.#hub.listFromNow : this.#hub.list,
      params,
      () => this.#state !== 'ended',
    )
    if (this.#state === 'ended') return
    this.#readCursor = nextCursor
    this.#takenCursor ??= nextCursor
    this.#inbox.put(this.#withinChannels(batchOf(items)))
    if (this.#state === 'joining' || !hasMore) this.#join()
  }

  #join(): void {
    const cursor = this.#readCursor ?? ''
    if (this.#state === 'behind') {
      this.#state = 'joining'
      this.#givenFrom = this.#hub.attach(this, cursor)
    }
    if (!hasPassed(placeOf(cursor), placeOf(this.#givenFrom))) return void this.#readOn()
    this.#state = 'live'
    for (const batch of this.#waiting.drain()) this.#inbox.put(this.#withoutKnown(batch))
  }

  #withinChannels(batch: ChangeBatch): ChangeBatch {
    const channelIds = this.#within
    if (channelIds === undefined) return batch
    return filterBatch(batch, (event) => 'channelId' in event && channelIds.has(event.channelId))
  }

  #keep(batch: ChangeBatch): void {
    if (this.#isTooMuch(this.#waiting, batch)) this.fail(this.#overloaded())
    else this.#waiting.push(batch)
  }

  #withoutKnown(batch: ChangeBatch): ChangeBatch {
    if (!this.#mayKnow) return batch
    const read = placeOf(this.#readCursor ?? '')
    const fresh = filterBatch(batch, ({ cursor }) => !hasPassed(read, placeOf(cursor)))
    this.#mayKnow = fresh.events.length === 0
    return fresh
  }

  /** One batch is taken whatever it weighs. */
  #isTooMuch(queue: Pick<ChangeQueue, 'length' | 'bytes'>, batch: ChangeBatch): boolean {
    if (queue.length === 0) return false
    const { events, bytes } = this.#bounds
    return queue.length + batch.events.length > events || queue.bytes + batch.totalBytes > bytes
  }

  #overloaded(): ConvoDbError {
    const [queuedEvents, queuedBytes] = [this.#inbox.length, this.#inbox.bytes]
    return new ConvoDbError(
      'OVERLOADED',
      `Changes come faster than they are taken: ${queuedEvents} waited; subscribe again with after: details.cursor, which reads what was missed at your own pace`,
      { cursor: this.#takenCursor ?? '', queuedEvents, queuedBytes },
    )
  }

  #farthest(cursor: string | undefined): string | undefined {
    const [taken, read] = [this.#takenCursor, this.#readCursor]
    return [cursor, read, taken].reduce((farthest, other) =>
      farthest === undefined || (other !== undefined && hasPassed(placeOf(other), placeOf(farthest)))
        ? other
        : farthest,
    )
  }
}
