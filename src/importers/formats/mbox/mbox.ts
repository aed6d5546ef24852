import { basename, dirname, resolve } from 'node:path'
import { found, type Found, type Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { asFarAsWhole } from '../as-far-as-whole.js'
import type { Format } from '../format.js'
import { KnownAuthors } from '../known-authors.js'
import { MessageHashes } from '../message-hashes.js'
import { toMetadata } from '../metadata.js'
import { Threads } from '../threads.js'
import { readEmail } from './email.js'
import { hasOtherHeaders, readMail, type ReadMail } from './mail.js'
import { MailIds } from './mail-ids.js'
import { isFirstLine, MailSplitter, type WrittenMail } from './mails.js'
import { bodyAsText } from './readable-bytes.js'
import { MailThreads } from './references.js'

const mebibyte = 1024 * 1024
/** Of a mail with its attachments, which is in memory while it is read; what comes behind is left out. */
const maxMailBytes = 32 * mebibyte

/** Blank lines at the beginning are nothing. */
const maxBytesBefore = 4

/** So many channels are remembered as told of. */
const maxChannels = 10_000

/** Mail in mbox files (RFC 4155): mailing lists' archives, and what mail programs keep and export; mboxo and mboxrd. */
export const mbox: Format = {
  name: 'mbox',
  recognizes: ({ text }) => {
    const [first = '', second = ''] = text.replace(/^[\r\n]{1,4}/, '').split('\n', 2)
    return isFirstLine(first) && /^[!-9;-~]+:/.test(second)
  },
  read: (source, notes) => new MboxFile(source, notes).read(),
}

class MboxFile {
  readonly #source: Source
  readonly #notes: Notes
  readonly #authors = new KnownAuthors('mbox')
  readonly #hashes = new MessageHashes()
  readonly #ids = new MailIds()
  readonly #mailThreads = new MailThreads()
  readonly #threads = new Threads()
  readonly #channels = new Set<string>()

  constructor(source: Source, notes: Notes) {
    this.#source = source
    this.#notes = notes
  }

  async *read(): AsyncGenerator<Found> {
    const splitter = new MailSplitter(maxMailBytes)
    for await (const chunk of asFarAsWhole(this.#source, this.#notes).read(this.#notes.signal)) {
      for (const mail of splitter.push(chunk)) yield* this.#mail(mail)
    }
    for (const mail of splitter.finish()) yield* this.#mail(mail)
    if (splitter.bytesBefore > maxBytesBefore) {
      yield {
        place: { file: this.#source.name, at: 1 },
        reason: `no mail begins before ${splitter.bytesBefore} bytes`,
      }
    }
    yield* this.#threads.finish()
  }

  async *#mail({ line, envelope, bytes, isCut }: WrittenMail): AsyncGenerator<Found> {
    const place = { file: this.#source.name, at: line }
    const email = await readEmail(bytes, isCut)
    if (typeof email === 'string') {
      yield { place, reason: email }
      return
    }
    if (hasOtherHeaders(email)) this.#notes.leaveOut('headers that say how a mail came')
    if (isCut) this.#notes.skip(`what mails hold beyond ${maxMailBytes / mebibyte} MiB`)
    const mail = readMail(email, envelope, () => bodyAsText(bytes))
    yield* this.#message(place, mail, bytes.length)
  }

  *#message(place: Place, mail: ReadMail, bytes: number): Generator<Found> {
    const channelId = yield* this.#channel(place, mail)
    const { userId, ...author } = mail.author
    const messageId = this.#ids.isFree(mail) ? mail.messageId : this.#hashOf(channelId, mail)
    const rootId = this.#mailThreads.rootOf(messageId, mail.references)
    const thread = {
      segmentId: `${channelId}:thread:${rootId}`,
      channelId,
      metadata: toMetadata({ source: 'mbox', name: mail.subject, rootMessageId: rootId }),
    }
    const message = {
      messageId,
      channelId,
      userId,
      content: mail.content,
      timestamp: mail.timeMs ?? Number.NaN,
      replyToMessageId: mail.answered ?? null,
      metadata: toMetadata({
        source: 'mbox',
        author,
        attachments: mail.attachments,
        threadId: thread.segmentId,
        extra: { subject: mail.subject ?? null, to: mail.to, cc: mail.cc },
      }),
    }
    const item = found(
      place,
      { kind: 'message', model: message },
      Math.min(bytes, mail.content.length + 2_000),
    )
    yield item
    if ('reason' in item) return
    yield* this.#authors.tell(place, { ...author, userId })
    yield* this.#threads.add(place, thread, messageId, message.timestamp)
  }

  *#channel(place: Place, { listId }: ReadMail): Generator<Found, string> {
    const name = listId ?? nameOf(this.#source)
    const channelId = `mbox:${name}`
    if (!this.#channels.has(channelId)) {
      if (this.#channels.size >= maxChannels) this.#channels.clear()
      this.#channels.add(channelId)
      yield found(place, {
        kind: 'channel',
        model: { channelId, name, metadata: toMetadata({ source: 'mbox' }) },
      })
    }
    return channelId
  }

  #hashOf(channelId: string, { timeMs, author, subject, content }: ReadMail): string {
    return `mbox:${this.#hashes.next([channelId, String(timeMs), author.userId, subject ?? '', content])}`
  }
}

/** `2006-January.txt.gz` is `2006-January`; `Garden.mbox/mbox`, as Apple Mail exports a mailbox, is `Garden`, also where that folder is what was given. */
function nameOf({ path, name, filePath }: Source): string {
  const [file = path, folder] = path.split('/').toReversed()
  // What came over the network lies in a folder of the server's.
  const around = filePath === name ? basename(dirname(resolve(name))) : ''
  const mailbox = folder ?? (/\.mbox$/i.test(around) ? around : undefined)
  const called = file === 'mbox' && mailbox !== undefined ? mailbox : file
  return called.replace(/\.gz$/i, '').replace(/\.(?:mbox|mbx|txt)$/i, '')
}
