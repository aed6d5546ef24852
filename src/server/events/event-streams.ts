import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { ConvoDbError, type ChangeSubscription } from '../../main/index.js'
import { letInNoMore } from '../access/authenticate.js'
import type { Caller } from '../access/caller.js'
import { errorText, eventText, placeText, startText } from './event-text.js'

/** So that proxies and the server itself see that the connection is used, and clients how far the stream is. */
const heartbeatMs = 15_000
/** How soon a client knows that the stream went on while nothing of its channel happened. */
const placeMs = 1_000
/** How often each stream's key is looked at; the keys themselves are at their file four times a second. */
const lookEveryMs = 500

/** How long a stream that ends waits for a client that does not read: it comes back where it was. */
const lastWordsMs = 1_000

/** Who gets a stream, and whether they still may. */
export interface Watcher {
  readonly caller: Caller
  readonly isLetIn: () => boolean
}

/** Streams of changes to clients, so many at once. */
export class EventStreams {
  readonly #maxStreams: number
  readonly #open = new Map<ChangeSubscription, ServerResponse>()

  constructor(maxStreams: number) {
    this.#maxStreams = maxStreams
  }

  /**
   * Sends changes until the client goes, or the subscription ends, which is told as the last event.
   *
   * @throws OVERLOADED; the look and the taking are one step, however many come at once
   */
  async send(
    reply: FastifyReply,
    { caller, isLetIn }: Watcher,
    subscribe: () => ChangeSubscription,
    openedAt: string,
  ): Promise<void> {
    const { raw } = reply
    this.#assertRoom()
    const subscription = subscribe()
    this.#open.set(subscription, raw)
    raw.once('close', () => void subscription.return())
    // It may have gone before anybody listened.
    if (raw.destroyed) void subscription.return()
    begin(reply)
    raw.write(startText(caller, subscription.cursor ?? openedAt, openedAt))
    const heartbeat = this.#tellPlace(raw, caller, subscription)
    const refusal = endWhenShutOut(subscription, isLetIn)
    try {
      for await (const event of subscription) await write(raw, eventText(caller, event))
      if (refusal.isShutOut) throw letInNoMore()
    } catch (error) {
      raw.write(errorText(caller, error))
    } finally {
      clearInterval(heartbeat)
      clearInterval(refusal.timer)
      this.#open.delete(subscription)
      raw.end()
    }
  }

  /** Says as the only event what is wrong, since a browser tells its page nothing of an answer that is none of events. */
  refuse(reply: FastifyReply, caller: Caller, error: unknown): void {
    begin(reply)
    reply.raw.end(errorText(caller, error))
  }

  #assertRoom(): void {
    if (this.#open.size < this.#maxStreams) return
    throw new ConvoDbError(
      'OVERLOADED',
      `There are ${this.#open.size} streams already, as many as maxStreams lets there be`,
      { maxStreams: this.#maxStreams },
    )
  }

  /** A key of certain channels is told as often as ever, and nothing by that: its place moves with the changes of others. */
  #tellPlace(raw: ServerResponse, caller: Caller, subscription: ChangeSubscription): NodeJS.Timeout {
    let [told, toldAtMs] = [subscription.cursor, performance.now()]
    return setInterval(() => {
      const { cursor } = subscription
      // One that lags behind needs no more to read.
      if (raw.writableNeedDrain) return
      if ((cursor === told || caller.held !== null) && performance.now() - toldAtMs < heartbeatMs) return
      told = cursor
      toldAtMs = performance.now()
      raw.write(placeText(caller, cursor))
    }, placeMs)
  }

  /** Ends all of them; their clients come back where they were. */
  close(): void {
    for (const [subscription, raw] of this.#open) {
      void subscription.return()
      const cut = setTimeout(() => raw.destroy(), lastWordsMs)
      raw.once('close', () => clearTimeout(cut))
    }
  }
}

function begin(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.writeHead(200, {
    ...headersOf(reply),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  })
}

/** Those that were set before, such as CORS'. */
export const headersOf = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  )

/** A slow client is waited for; what it does not take meanwhile waits in its subscription, which is bounded. */
async function write(raw: ServerResponse, text: string): Promise<void> {
  if (raw.write(text) || raw.destroyed) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      raw.off('drain', done).off('close', done)
      resolve()
    }
    raw.on('drain', done).on('close', done)
  })
}

/** A stream may outlive its key by no more than a second. */
function endWhenShutOut(subscription: ChangeSubscription, isLetIn: () => boolean) {
  const refusal = { isShutOut: false, timer: setInterval(() => look(), lookEveryMs) }
  const look = (): void => {
    if (isLetIn()) return
    refusal.isShutOut = true
    void subscription.return()
  }
  return refusal
}
