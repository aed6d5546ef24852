import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { ConvoDbError, toJsonForm, type ChangeEvent, type ChangeSubscription } from '../main/index.js'

/** So that proxies and the server itself see that the connection is used, and clients how far the stream is. */
const heartbeatMs = 15_000
/** How soon a client knows that the stream went on while nothing of its channel happened. */
const placeMs = 1_000

/** Streams of changes to clients, so many at once. */
export class EventStreams {
  readonly #maxStreams: number
  readonly #open = new Set<ChangeSubscription>()

  constructor(maxStreams: number) {
    this.#maxStreams = maxStreams
  }

  /**
   * Sends changes until the client goes, or the subscription ends, which is told as the last event.
   *
   * @throws OVERLOADED; the look and the taking are one step, however many come at once
   */
  async send(reply: FastifyReply, subscribe: () => ChangeSubscription, openedAt: string): Promise<void> {
    const { raw } = reply
    this.#assertRoom()
    const subscription = subscribe()
    this.#open.add(subscription)
    raw.once('close', () => void subscription.return())
    // It may have gone before anybody listened.
    if (raw.destroyed) void subscription.return()
    reply.hijack()
    raw.writeHead(200, {
      ...headersOf(reply),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    })
    raw.write(startText(subscription, openedAt))
    const heartbeat = this.#tellPlace(raw, subscription)
    try {
      for await (const event of subscription) await write(raw, eventText(event))
    } catch (error) {
      raw.write(errorText(error))
    } finally {
      clearInterval(heartbeat)
      this.#open.delete(subscription)
      raw.end()
    }
  }

  #assertRoom(): void {
    if (this.#open.size < this.#maxStreams) return
    throw new ConvoDbError(
      'OVERLOADED',
      `There are ${this.#open.size} streams already, as many as maxStreams lets there be`,
      { maxStreams: this.#maxStreams },
    )
  }

  #tellPlace(raw: ServerResponse, subscription: ChangeSubscription): NodeJS.Timeout {
    let [told, toldAtMs] = [subscription.cursor, performance.now()]
    return setInterval(() => {
      const { cursor } = subscription
      // One that lags behind needs no more to read.
      if (raw.writableNeedDrain) return
      if (cursor === told && performance.now() - toldAtMs < heartbeatMs) return
      told = cursor
      toldAtMs = performance.now()
      raw.write(cursor === undefined ? ':\n\n' : `id: ${cursor}\n\n`)
    }, placeMs)
  }

  /** Ends all of them; their clients come back where they were. */
  close(): void {
    for (const subscription of this.#open) void subscription.return()
  }
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

/** Where the stream begins, and where the changes ended when it was opened: up to there it is told of what was before. */
const startText = ({ cursor }: ChangeSubscription, openedAt: string): string =>
  `id: ${cursor ?? openedAt}\nevent: started\ndata: ${JSON.stringify({ cursor: openedAt })}\n\n`

const texts = new WeakMap<ChangeEvent, string>()

/** All subscribers get the same text of a change; it is made once. */
function eventText(event: ChangeEvent): string {
  const made = texts.get(event)
  if (made !== undefined) return made
  const text = `id: ${event.cursor}\nevent: ${event.kind}\ndata: ${JSON.stringify(toJsonForm(event))}\n\n`
  texts.set(event, text)
  return text
}

function errorText(error: unknown): string {
  const ours = error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error))
  return `event: error\ndata: ${JSON.stringify(ours)}\n\n`
}
