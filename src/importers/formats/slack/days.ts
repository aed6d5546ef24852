import type { JsonObject } from '../../../protocol/models.js'
import { found, type Found, type Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { objectOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import { KnownAuthors } from '../known-authors.js'
import { toMetadata } from '../metadata.js'
import { messageOf } from './change.js'
import type { SlackChannel } from './channels.js'
import { readSlackMessage, type ThreadPlace } from './message.js'
import type { SlackNames } from './users.js'

interface ThreadSeen {
  readonly startMs: number
  endMs: number
  /** What has been stored as its end. */
  toldEndMs: number
}

/** The messages of a channel, a file a day. */
export class SlackDays {
  readonly #channel: SlackChannel
  readonly #names: SlackNames
  readonly #notes: Notes
  /** Those whom no list names. */
  readonly #guests = new KnownAuthors('slack')
  readonly #threads = new Map<string, ThreadSeen>()

  constructor(channel: SlackChannel, names: SlackNames, notes: Notes) {
    this.#channel = channel
    this.#names = names
    this.#notes = notes
  }

  async *read(days: readonly Source[]): AsyncGenerator<Found> {
    for (const day of days) {
      let index = 0
      for await (const { value } of readJsonValues(day, ['$.*'], this.#notes)) {
        const fields = messageOf(objectOf(value), this.#notes)
        if (fields !== undefined) yield* this.#message(fields, { file: day.name, at: `[${index}]` })
        index += 1
      }
    }
    for (const [threadTs, thread] of this.#threads) {
      if (thread.endMs > thread.toldEndMs) yield this.#span(threadTs, thread, this.#channel.folder)
    }
  }

  *#message(fields: JsonObject, place: Place): Generator<Found> {
    const { message, author, thread, bytes } = readSlackMessage(
      fields,
      this.#channel,
      this.#names,
      this.#notes,
    )
    const item = found(place, { kind: 'message', model: message }, bytes)
    yield item
    if ('reason' in item) return
    if (!this.#names.users.has(author.userId) && author.displayName !== undefined) {
      yield* this.#guests.tell(place, author)
    }
    if (thread !== undefined) yield* this.#member(message.messageId, thread, place)
  }

  *#member(messageId: string, { threadTs, startMs, endMs }: ThreadPlace, place: Place): Generator<Found> {
    const seen = this.#threads.get(threadTs)
    const thread = seen ?? { startMs, endMs, toldEndMs: endMs }
    thread.endMs = Math.max(thread.endMs, endMs)
    if (seen === undefined) {
      this.#threads.set(threadTs, thread)
      yield this.#span(threadTs, thread, place.file)
    }
    const segmentId = this.#segmentId(threadTs)
    yield found(place, { kind: 'members', model: { segmentId, messages: [messageId] } })
  }

  #span(threadTs: string, { startMs, endMs }: ThreadSeen, file: string): Found {
    const { channelId } = this.#channel
    const metadata = toMetadata({ source: 'slack', rootMessageId: `${channelId}:${threadTs}` })
    return found(
      { file, at: `thread ${threadTs}` },
      {
        kind: 'thread',
        model: {
          segmentId: this.#segmentId(threadTs),
          channelId,
          startTime: startMs,
          endTime: endMs,
          metadata,
        },
      },
    )
  }

  #segmentId(threadTs: string): string {
    return `${this.#channel.channelId}:thread:${threadTs}`
  }
}
