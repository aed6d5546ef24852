import { found, type Found, type Place } from '../../found.js'
import { readLines } from '../../lines.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { asFarAsWhole, quietly } from '../as-far-as-whole.js'
import type { Format } from '../format.js'
import { KnownAuthors } from '../known-authors.js'
import { MessageHashes } from '../message-hashes.js'
import { toMetadata } from '../metadata.js'
import { readableAgain } from '../readable-again.js'
import { chatNameOf } from './chat-name.js'
import { DateOrderFinder, toEpochMs, type DateOrder } from './date-order.js'
import { splitFirstLine, typeOfEvent } from './first-line.js'
import { readHeader, type Header } from './header.js'
import { readMessages } from './messages.js'
import { readText } from './text.js'

/** "Export chat" of WhatsApp for Android and for iPhone, 2012 to 2026: a text a chat. Times are taken as UTC. */
export const whatsapp: Format = {
  name: 'whatsapp',
  recognizes: ({ text }) => text.split(/\r?\n/, 20).some((line) => readHeader(line) !== undefined),
  read: async function* readChat(source, notes) {
    const again = await readableAgain(source, notes.signal)
    try {
      yield* new WhatsAppChat(again.source, notes, await findDateOrder(again.source, notes)).read()
    } finally {
      await again.close()
    }
  },
}

/** Which number of a date is the day: a number above 12 tells, wherever it stands. */
async function findDateOrder(source: Source, notes: Notes): Promise<DateOrder> {
  const finder = new DateOrderFinder()
  for await (const line of readLines(asFarAsWhole(source, quietly(notes)).read(notes.signal))) {
    const header = 'problem' in line ? undefined : readHeader(line.text)
    const order = header === undefined ? undefined : finder.add(header)
    if (order !== undefined) return order
  }
  const { order, isGuess } = finder.finish()
  if (isGuess) {
    notes.complain(
      source.name,
      'does not show whether its dates begin with the day or the month; days are taken to come first',
    )
  }
  return order
}

class WhatsAppChat {
  readonly #source: Source
  readonly #notes: Notes
  readonly #order: DateOrder
  readonly #chatName: string
  readonly #channelId: string
  readonly #authors = new KnownAuthors('whatsapp')
  readonly #hashes = new MessageHashes()
  readonly #unknownWords = new Set<string>()
  #isFirst = true

  constructor(source: Source, notes: Notes, order: DateOrder) {
    this.#source = source
    this.#notes = notes
    this.#order = order
    this.#chatName = chatNameOf(source.name)
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
    for await (const message of readMessages(this.#source, this.#notes.signal)) {
      if ('reason' in message) yield message
      else yield* this.#message(message.place, message.header, message.rest)
    }
  }

  *#message(place: Place, header: Header, rest: string): Generator<Found> {
    this.#noteWord(header)
    const dateMs = toEpochMs(header.date, header.isYearFirst ? 'year first' : this.#order)
    if (dateMs === undefined) {
      yield {
        place,
        reason: `${header.date.join(header.separator)} is no date where the others have the ${this.#order}`,
      }
      return
    }
    const timestamp = dateMs + header.ofDayMs
    const { author: name, text } = splitFirstLine(rest)
    const { content, isEdited, attachments, isMediaOmitted, mentions } = readText(text, header.isMarked)
    const isMedia = attachments.length > 0 || isMediaOmitted === true
    const isTold = isOfChat(text) && !isMedia
    // Whom the chat is with is said to have told of its encryption, whatever the file is called by now.
    const author = isTold && (name === this.#chatName || this.#isFirst) ? undefined : name
    this.#isFirst = false
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

/** On iPhones what the chat tells of has the chat's name, which may be somebody's whose message was deleted. */
const isOfChat = (text: string): boolean => text.startsWith('\u200E') && !/deleted/i.test(text)
