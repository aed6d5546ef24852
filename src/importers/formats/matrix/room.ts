import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { found, type Found, type Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import { objectOf, textOf } from '../json-fields.js'
import { KnownAuthors } from '../known-authors.js'
import { toMetadata, type AuthorMetadata } from '../metadata.js'
import { Threads } from '../threads.js'
import type { Later } from './later.js'
import { readMatrixEvent, threadIdOf } from './message.js'
import { isPartOfAnother, whySkipped } from './skipped.js'

/** So many people's names are remembered. */
const maxNames = 100_000

/** The events of a room, in their order, with what is known of later ones. */
export class MatrixRoom {
  readonly #file: string
  readonly #notes: Notes
  readonly #later: Later
  readonly #isMine: (eventId: string) => boolean
  readonly #head: Record<string, JsonValue> = {}
  readonly #names = new Map<string, AuthorMetadata>()
  readonly #authors = new KnownAuthors('matrix')
  readonly #threads = new Threads()
  #events = 0
  #channelId: string | undefined

  /** @param isMine which events are told of. */
  constructor(file: string, notes: Notes, later: Later, isMine: (eventId: string) => boolean) {
    this.#file = file
    this.#notes = notes
    this.#later = later
    this.#isMine = isMine
  }

  setHead(name: string, value: JsonValue): void {
    this.#head[name] = value
  }

  *add(value: JsonValue): Generator<Found> {
    const place = { file: this.#file, at: `messages[${this.#events}]` }
    this.#events += 1
    const event = objectOf(value)
    this.#noteName(event)
    if (!this.#isMine(textOf(event['event_id']) ?? '')) return
    const why = whySkipped(event)
    if (why !== undefined) this.#notes.skip(why)
    else if (!isPartOfAnother(event)) yield* this.#event(place, event)
  }

  *finish(): Generator<Found> {
    for (const { edits, senders } of this.#later.rest()) {
      if (edits.size > 0) this.#notes.skip('edits of messages that are not in the file')
      if (senders.size > 0) this.#notes.skip('reactions to messages that are not in the file')
    }
    yield* this.#threads.finish()
  }

  *#event(place: Place, event: JsonObject): Generator<Found> {
    const channelId = yield* this.#channel(place, event)
    const sender = textOf(event['sender']) ?? ''
    const author = { name: sender, ...this.#names.get(sender) }
    const later = this.#later.take(textOf(event['event_id']) ?? '')
    for (const editor of later?.edits.keys() ?? []) {
      if (editor !== sender) this.#notes.skip('edits by somebody else')
    }
    const { message, rootId } = readMatrixEvent(event, channelId, author, later)
    const item = found(place, { kind: 'message', model: message }, message.content.length + 500)
    yield item
    if ('reason' in item) return
    yield* this.#authors.tell(place, { userId: sender, ...author })
    if (rootId === undefined) return
    const metadata = toMetadata({ source: 'matrix', rootMessageId: rootId })
    const thread = { segmentId: threadIdOf(rootId), channelId, metadata }
    yield* this.#threads.add(place, thread, message.messageId, message.timestamp)
  }

  /** The room's id is in its events alone. */
  *#channel(place: Place, event: JsonObject): Generator<Found, string> {
    if (this.#channelId !== undefined) return this.#channelId
    const name = textOf(this.#head['room_name'])
    const channelId = textOf(event['room_id']) ?? `matrix:${name ?? ''}`
    this.#channelId = channelId
    const metadata = toMetadata({
      source: 'matrix',
      topic: textOf(this.#head['topic']),
      extra: { creator: this.#head['room_creator'] ?? null },
    })
    yield found(place, { kind: 'channel', model: { channelId, name: name ?? null, metadata } })
    return channelId
  }

  /** Events of membership say what people are called from then on. */
  #noteName(event: JsonObject): void {
    if (event['type'] !== 'm.room.member' || this.#names.size >= maxNames) return
    const userId = textOf(event['state_key'])
    const content = objectOf(event['content'])
    const displayName = textOf(content['displayname'])
    if (userId === undefined || displayName === undefined) return
    this.#names.set(userId, { displayName, avatarUrl: textOf(content['avatar_url']) })
  }
}
