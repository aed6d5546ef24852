import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { found, type Found, type Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import { objectOf, textOf } from '../json-fields.js'
import type { KnownAuthors } from '../known-authors.js'
import { toMetadata } from '../metadata.js'
import { Threads } from '../threads.js'
import { chatIdOf } from './ids.js'
import { messageIdOf, readTelegramMessage, topicSegmentId } from './message.js'
import { Topics } from './topics.js'

/** One chat: what it is called comes before its messages. */
export class TelegramChat {
  readonly #file: string
  readonly #at: string
  readonly #notes: Notes
  readonly #authors: KnownAuthors
  readonly #head: Record<string, JsonValue> = {}
  readonly #topics = new Topics()
  readonly #threads = new Threads()
  #chatId: string | undefined
  #isTold = false
  #messages = 0

  /** @param at where it stands in the file: `chats.list[3].`, or nothing. */
  constructor(file: string, at: string, notes: Notes, authors: KnownAuthors) {
    this.#file = file
    this.#at = at
    this.#notes = notes
    this.#authors = authors
  }

  setHead(name: string, value: JsonValue): void {
    this.#head[name] = value
  }

  *add(value: JsonValue): Generator<Found> {
    const place = this.#place(`messages[${this.#messages}]`)
    this.#messages += 1
    const fields = objectOf(value)
    if (fields['type'] === 'unsupported') {
      this.#notes.skip('messages that Telegram Desktop could not export')
      return
    }
    const chatId = (this.#chatId ??= chatIdOf(this.#head['id'], fields))
    if (chatId === undefined) {
      yield { place, reason: 'the chat has no id before its messages' }
      return
    }
    yield* this.#tell(chatId)
    yield* this.#message(place, fields, chatId)
  }

  *finish(): Generator<Found> {
    const chatId = this.#chatId ?? textOf(this.#head['id'])
    if (chatId !== undefined) yield* this.#tell(chatId)
    yield* this.#threads.finish()
  }

  *#tell(chatId: string): Generator<Found> {
    if (this.#isTold) return
    this.#isTold = true
    const metadata = toMetadata({
      source: 'telegram',
      sourceType: textOf(this.#head['type']),
      extra: this.#at.startsWith('left_chats') ? { hasLeft: true } : {},
    })
    yield found(this.#place('id'), {
      kind: 'channel',
      model: { channelId: `telegram:${chatId}`, name: textOf(this.#head['name']) ?? null, metadata },
    })
  }

  *#message(place: Place, fields: JsonObject, chatId: string): Generator<Found> {
    const topicId = this.#topics.topicOf(fields)
    const { message, author, bytes } = readTelegramMessage(fields, chatId, topicId)
    const item = found(place, { kind: 'message', model: message }, bytes)
    yield item
    if ('reason' in item) return
    if (author !== undefined) yield* this.#authors.tell(place, author)
    if (topicId === undefined) return
    const metadata = toMetadata({
      source: 'telegram',
      name: this.#topics.titleOf(topicId),
      rootMessageId: messageIdOf(chatId, topicId),
    })
    const thread = { segmentId: topicSegmentId(chatId, topicId), channelId: message.channelId, metadata }
    yield* this.#threads.add(place, thread, message.messageId, message.timestamp)
  }

  #place(at: string): Place {
    return { file: this.#file, at: `${this.#at}${at}` }
  }
}
