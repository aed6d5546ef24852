import type { Address, Attachment, Email } from 'postal-mime'
import type { Author } from '../known-authors.js'
import type { AttachmentMetadata } from '../metadata.js'
import { timeOfMail } from './date.js'
import { textOfHtml } from './html-text.js'
import { idsIn } from './references.js'

/** What a mail says of itself. */
export interface ReadMail {
  /** Undefined where it has none. */
  readonly messageId: string | undefined
  readonly author: Author
  readonly content: string
  /** Undefined where neither the mail nor the line before it has one that is a date. */
  readonly timeMs: number | undefined
  readonly subject: string | undefined
  /** The mail that it says it answers, else the last one that it refers to. */
  readonly answered: string | undefined
  /** From the oldest to the newest. */
  readonly references: readonly string[]
  readonly listId: string | undefined
  readonly attachments: readonly AttachmentMetadata[]
  readonly to: readonly string[]
  readonly cc: readonly string[]
}

/** What the content of a mail is made of, as it is in the mail. */
interface WrittenText {
  readonly text: string
  readonly isHtml: boolean
}

/** Headers that are read; others say how a mail came. */
const readHeaders: ReadonlySet<string> = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'list-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
])

/** `Message from Ada <ada@example.org> of "Mon, 2 Jan 2006" <1@example.org>`, as MH writes it: who wrote the mail that is answered. */
const writerOfAnswered = /^\s*message from [^<]*<[^<>]*>(?=[^<]*<)/i

/**
 * @param envelope the line before a mail, whose date is that of its arrival.
 * @param body what is its content where no part of it is a text.
 */
export function readMail(email: Email, envelope: string, body: () => string): ReadMail {
  const answered = idsIn(email.inReplyTo?.replace(writerOfAnswered, ''))[0]
  const references = idsIn(email.references)
  const listId = headerOf(email, 'list-id')
  return {
    messageId: idsIn(email.messageId)[0] ?? (email.messageId?.trim() || undefined),
    author: readAuthor(email.from),
    content: contentOf(email, body).replace(/(?<!\n)\n+$/, ''),
    timeMs: timeOfMail(headerOf(email, 'date')) ?? timeOfMail(envelope),
    subject: email.subject,
    answered: answered ?? references.at(-1),
    references:
      answered === undefined || references.includes(answered) ? references : [...references, answered],
    listId: /<([^<>\s]+)>/.exec(listId ?? '')?.[1] ?? (listId?.trim() || undefined),
    attachments: email.attachments.map(readAttachment),
    to: (email.to ?? []).map(written),
    cc: (email.cc ?? []).map(written),
  }
}

export const hasOtherHeaders = (email: Email): boolean =>
  email.headers.some(({ key }) => !readHeaders.has(key))

const headerOf = (email: Email, name: string): string | undefined =>
  email.headers.find(({ key }) => key === name)?.value

/** Archives on the web write `ada at example.org`. */
function readAuthor(from: Address | undefined): Author {
  const name = from?.name === '' ? undefined : from?.name
  const hidden = /^(\S+) at (\S+)$/.exec(name ?? '')
  const address = from?.address || (hidden === null ? name : `${hidden[1]}@${hidden[2]}`) || ''
  return {
    userId: address === '' ? 'mbox:' : address.toLowerCase(),
    name: address || undefined,
    displayName: name ?? address,
  }
}

/** Some programs send an empty text along with the HTML. */
export function writtenTextOf({ text, html, attachments }: Email, body: () => string): WrittenText {
  if (text !== undefined && text.trim() !== '') return { text, isHtml: false }
  if (html !== undefined && html !== '') return { text: html, isHtml: true }
  return { text: text === undefined && attachments.length === 0 ? body() : (text ?? ''), isHtml: false }
}

function contentOf(email: Email, body: () => string): string {
  const { text, isHtml } = writtenTextOf(email, body)
  return isHtml ? textOfHtml(text) : text
}

const written = (address: Address): string =>
  address.address === undefined || address.name === ''
    ? (address.address ?? address.name)
    : `${address.name} <${address.address}>`

const readAttachment = (attachment: Attachment): AttachmentMetadata => ({
  id: attachment.contentId,
  name: attachment.filename ?? attachment.mimeType,
  mimeType: attachment.mimeType,
  sizeBytes: sizeOf(attachment),
})

export const sizeOf = ({ content }: Attachment): number =>
  typeof content === 'string' ? content.length : content.byteLength
