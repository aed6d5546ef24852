import { found, type Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { asFarAsWhole, quietly } from '../as-far-as-whole.js'
import type { Format } from '../format.js'
import { KnownAuthors } from '../known-authors.js'
import { MessageHashes } from '../message-hashes.js'
import { toMetadata } from '../metadata.js'
import { readableAgain } from '../readable-again.js'
import { chatNameIn } from './chat-name.js'
import { findShape, type ChatShape } from './chat-shape.js'
import { splitFirstLine, typeOfEvent } from './first-line.js'
import type { Header } from './header.js'
import { readMessages, type Message } from './messages.js'
import { isWhatsApp } from './recognize.js'
import { readText } from './text.js'
import { isOfChat, isNobodys } from './told.js'

/** "Export chat" of WhatsApp for Android and for iPhone, 2012 to 2026: a text a chat. Times are taken as UTC. */
export const whatsapp: Format = {
  name: 'whatsapp',
  recognizes: isWhatsApp,
  read: async function* readChat(source, notes) {
    const again = await readableAgain(source, notes.signal)
    try {
      const shape = await findShape(asFarAsWhole(again.source, quietly(notes)), notes)
      yield* new WhatsAppChat(again.source, notes, shape).read()
    } finally {
      await again.close()
    }
  },
}

class WhatsAppChat {
  readonly #source: Source
  readonly #notes: Notes
  readonly #shape: ChatShape | undefined
  readonly #chatName: string
  readonly #channelId: string
  readonly #authors = new KnownAuthors('whatsapp')
  readonly #hashes = new MessageHashes()
  readonly #unknownWords = new Set<string>()

  constructor(source: Source, notes: Notes, shape: ChatShape | undefined) {
    this.#source = source
    this.#notes = notes
    this.#shape = shape
    this.#chatName = chatNameIn(source)
    this.#channelId = `whatsapp:${this.#chatName}`
  }

  async *read(): AsyncGenerator<Found> {
    yield found(
      { file: this.#source.name, at: 'name' },
      {
        kind: 'channel',
        model: {
          channelId: this.#channelId,
          name: this.#chatName,
          metadata: toMetadata({ source: 'whatsapp' }),
        },
      },
    )
    for await (const message of readMessages(this.#source, this.#shape, this.#notes)) {
      if ('reason' in message) yield message
      else yield* this.#message(message)
    }
  }

  *#message({ place, header, timestamp, rest }: Message): Generator<Found> {
    this.#noteWord(header)
    const { author: name, text } = splitFirstLine(rest)
    const { content, isEdited, attachments, isMediaOmitted, mentions } = readText(text, header.isMarked)
    const isMedia = attachments.length > 0 || isMediaOmitted === true
    const isTold = isOfChat(text) && !isMedia
    const author = isTold && isNobodys(text, name === this.#chatName) ? undefined : name
    const userId = `whatsapp:${author ?? ''}`
    const parts = [this.#chatName, header.written, author ?? '', text]
    const item = found(
      place,
      {
        kind: 'message',
        model: {
          messageId: `whatsapp:${this.#hashes.next(parts)}`,
          channelId: this.#channelId,
          userId,
          content,
          timestamp,
          messageType: typeOf(author, isTold, content),
          metadata: toMetadata({
            source: 'whatsapp',
            author: { name: author },
            attachments,
            mentions,
            isEdited,
            extra: { isMediaOmitted: isMediaOmitted ?? null },
          }),
        },
      },
      content.length + 300,
    )
    yield item
    if ('reason' in item || author === undefined) return
    yield* this.#authors.tell(place, { userId, name: author })
  }

  #noteWord({ unknownWord }: Header): void {
    if (unknownWord === undefined || this.#unknownWords.size > 10 || this.#unknownWords.has(unknownWord))
      return
    this.#unknownWords.add(unknownWord)
    this.#notes.complain(
      this.#source.name,
      `has a word beside times that is not known, and hours are taken as they are: '${unknownWord}'`,
    )
  }
}

/** What a group tells of is said by who did it on iPhones, and by nobody on Android. */
function typeOf(author: string | undefined, isTold: boolean, content: string): string {
  if (author === undefined) return typeOfEvent(content)
  const type = isTold ? typeOfEvent(content) : 'notice'
  return type === 'notice' ? 'message' : type
}
