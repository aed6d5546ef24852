import type { JsonObject } from '../../../protocol/models.js'
import { found, type Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { objectOf, textOf, wholeNumberOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import { KnownAuthors } from '../known-authors.js'
import { toMetadata } from '../metadata.js'
import { hasNames, shapeOf } from '../shape.js'
import { Threads } from '../threads.js'
import type { Format } from '../format.js'
import { readDiscordMessage } from './message.js'
import { timeOfSnowflake } from './snowflake.js'

/** Before the messages, in every version. */
const places = ['$.guild', '$.channel', '$.messages.*', '$.messageCount']

/**
 * JSON of DiscordChatExporter, 2.18 and later: a channel a file (https://github.com/Tyrrrz/DiscordChatExporter). A thread is a channel of its
 * own there; it becomes one with a segment that covers it.
 */
export const discord: Format = {
  name: 'discord',
  recognizes: ({ text }) => {
    const shape = shapeOf(text)
    return (
      hasNames(shape, 'guild', 'channel') && (hasNames(shape, 'messages') || hasNames(shape, 'dateRange'))
    )
  },
  read: (source, notes) => new DiscordFile(source, notes).read(),
}

class DiscordFile {
  readonly #source: Source
  readonly #notes: Notes
  readonly #authors = new KnownAuthors('discord')
  readonly #threads = new Threads()
  #guild: JsonObject = {}
  #channelId: string | undefined
  #threadName: string | undefined
  #messages = 0

  constructor(source: Source, notes: Notes) {
    this.#source = source
    this.#notes = notes
  }

  async *read(): AsyncGenerator<Found> {
    let messageCount: number | undefined
    for await (const { path, value } of readJsonValues(this.#source, places, this.#notes)) {
      if (path[0] === 'guild') this.#guild = objectOf(value)
      else if (path[0] === 'channel') yield this.#channel(objectOf(value))
      else if (path[0] === 'messageCount') messageCount = wholeNumberOf(value)
      else yield* this.#message(objectOf(value))
    }
    yield* this.#threads.finish()
    if (messageCount !== undefined && messageCount !== this.#messages && !this.#notes.signal.aborted) {
      const said = `says that it holds ${messageCount} messages, and holds ${this.#messages}`
      this.#notes.complain(this.#source.name, said)
    }
  }

  #channel(channel: JsonObject): Found {
    const { name: guildName, id: guildId, iconUrl } = this.#guild
    const type = textOf(channel['type'])
    this.#channelId = textOf(channel['id'])
    this.#threadName = type !== undefined && isThread(type) ? (textOf(channel['name']) ?? '') : undefined
    const metadata = toMetadata({
      source: 'discord',
      sourceType: type,
      topic: textOf(channel['topic']),
      workspace: { id: textOf(guildId), name: textOf(guildName), iconUrl: textOf(iconUrl) },
      category: { id: textOf(channel['categoryId']), name: textOf(channel['category']) },
    })
    return found(this.#place('channel'), {
      kind: 'channel',
      model: {
        channelId: this.#channelId ?? '',
        name: textOf(channel['name']) ?? null,
        createdAt: timeOfSnowflake(this.#channelId ?? ''),
        metadata,
      },
    })
  }

  *#message(fields: JsonObject): Generator<Found> {
    const place = this.#place(`messages[${this.#messages}]`)
    this.#messages += 1
    const channelId = this.#channelId
    if (channelId === undefined) {
      yield { place, reason: 'the file names no channel before it' }
      return
    }
    const { message, author, bytes } = readDiscordMessage(fields, channelId, this.#notes)
    const item = found(place, { kind: 'message', model: message }, bytes)
    yield item
    if ('reason' in item) return
    yield* this.#authors.tell(place, author)
    if (this.#threadName === undefined) return
    const metadata = toMetadata({ source: 'discord', name: this.#threadName })
    const thread = { segmentId: `${channelId}:thread`, channelId, metadata }
    yield* this.#threads.add(place, thread, message.messageId, message.timestamp)
  }

  #place(at: string) {
    return { file: this.#source.name, at }
  }
}

/** By name (GuildPublicThread), and by number in older versions. */
const isThread = (type: string): boolean => type.endsWith('Thread') || ['10', '11', '12'].includes(type)
