import type { JsonObject } from '../../protocol/models.js'
import { parseTime } from '../../protocol/time.js'
import { found, type Found, type Place } from '../found.js'

interface ThreadSeen {
  readonly place: Place
  readonly thread: Thread
  startMs: number
  endMs: number
  hasNews: boolean
}

/** What becomes a segment. */
export interface Thread {
  readonly segmentId: string
  readonly channelId: string
  readonly metadata: JsonObject
  /** Of the message that began it, where that is known from elsewhere. */
  readonly startMs?: number
}

/** Tells of each thread before its first message, of its messages, and at the end of how long each of them was. */
export class Threads {
  readonly #seen = new Map<string, ThreadSeen>()
  readonly #maxRemembered: number

  /** @param maxRemembered of others the whole span is told when they come up again, which only ever widens it; default 20,000. */
  constructor(maxRemembered = 20_000) {
    this.#maxRemembered = maxRemembered
  }

  /** To be told after the message itself. */
  *add(place: Place, thread: Thread, messageId: string, time: string | number): Generator<Found> {
    const { segmentId } = thread
    const timeMs = parseTime(time)
    // Of a message that could be stored there is one.
    if (timeMs === undefined) return
    const seen = this.#seen.get(segmentId)
    if (seen === undefined) yield* this.#begin(place, thread, timeMs)
    else if (timeMs < seen.startMs || timeMs > seen.endMs) {
      seen.startMs = Math.min(seen.startMs, timeMs)
      seen.endMs = Math.max(seen.endMs, timeMs)
      seen.hasNews = true
    }
    yield found(place, { kind: 'members', model: { segmentId, messages: [messageId] } })
  }

  /** The spans that have grown since they were told of. */
  *finish(): Generator<Found> {
    for (const seen of this.#seen.values()) if (seen.hasNews) yield told(seen)
    this.#seen.clear()
  }

  *#begin(place: Place, thread: Thread, timeMs: number): Generator<Found> {
    if (this.#seen.size >= this.#maxRemembered) yield* this.finish()
    const startMs = Math.min(thread.startMs ?? timeMs, timeMs)
    const seen = { place, thread, startMs, endMs: timeMs, hasNews: false }
    this.#seen.set(thread.segmentId, seen)
    yield told(seen)
  }
}

function told({ place, thread, startMs, endMs }: ThreadSeen): Found {
  const { segmentId, channelId, metadata } = thread
  return found(place, {
    kind: 'thread',
    model: { segmentId, channelId, startTime: startMs, endTime: endMs, metadata },
  })
}
