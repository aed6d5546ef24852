import type { JsonValue } from '../../../protocol/models.js'
import { found, type Found, type Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { objectOf, textOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import { toMetadata } from '../metadata.js'
import { Threads } from '../threads.js'
import type { Beside } from './beside.js'
import { readZulipMessage, topicIdOf, type ZulipPlace } from './message.js'
import { userIdOf, type ZulipRealm } from './realm.js'

/** The messages of an export, in their order; talks of few people are told of when they come up. */
export class ZulipMessages {
  readonly #realm: ZulipRealm
  readonly #notes: Notes
  readonly #threads = new Threads()
  readonly #talks = new Set<string>()

  constructor(realm: ZulipRealm, notes: Notes) {
    this.#realm = realm
    this.#notes = notes
  }

  /** @param isAsked whether a message is told of, by its number. */
  async *read(
    files: readonly Source[],
    beside: Beside,
    isAsked: (messageId: string) => boolean,
    notes: Notes,
  ): AsyncGenerator<Found> {
    for (const file of files) {
      for await (const { path, value } of readJsonValues(file, ['$.zerver_message.*'], notes)) {
        const place = { file: file.name, at: `zerver_message[${path[1]}]` }
        const id = textOf(objectOf(value)['id']) ?? ''
        if (isAsked(id)) yield* this.#message(place, value, beside)
      }
    }
    yield* this.#threads.finish()
  }

  *#message(place: Place, value: JsonValue, beside: Beside): Generator<Found> {
    const row = objectOf(value)
    const read = readZulipMessage(row, beside, this.#realm, this.#notes)
    if (read === undefined) {
      yield { place, reason: 'the recipient is not in realm.json' }
      return
    }
    const { message, where } = read
    yield* this.#talk(place, where)
    const item = found(place, { kind: 'message', model: message }, message.content.length + 400)
    yield item
    if ('reason' in item || where.topic === undefined) return
    const segmentId = topicIdOf(where.channelId, where.topic)
    const metadata = toMetadata({ source: 'zulip', name: where.topic })
    const thread = { segmentId, channelId: where.channelId, metadata }
    yield* this.#threads.add(place, thread, message.messageId, message.timestamp)
  }

  *#talk(place: Place, { channelId, members }: ZulipPlace): Generator<Found> {
    if (members === undefined || this.#talks.has(channelId)) return
    this.#talks.add(channelId)
    const names = members.map((id) => this.#realm.users.get(id)?.displayName ?? id)
    const metadata = toMetadata({
      source: 'zulip',
      sourceType: 'direct message',
      workspace: { name: this.#realm.name },
      memberIds: members.map(userIdOf),
    })
    const name = names.length === 0 ? null : names.join(', ')
    yield found(place, { kind: 'channel', model: { channelId, name, metadata } })
  }
}
