/** A mail of a file, as bytes, and what its first line says. */
export interface WrittenMail {
  /** The line that it begins at. */
  readonly line: number
  /** What stands behind `From `. */
  readonly envelope: string
  /** Its beginning, where it is larger than what is held of one. */
  readonly bytes: Buffer
  readonly isCut: boolean
}

const newline = 0x0a
const letterF = 0x46
const greater = 0x3e
/** No line that begins a mail, or one that was quoted, needs more to be known as such. */
const maxFirstLine = 500

const startsMail = /^From (?:\S|-? ?\r?$)/
const dated = [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/, /\d:\d{2}\b/, /\b\d{4}\b/]

/** As programs write it that leave no blank line before it: with nothing out of place. */
const strict =
  /^From \S+(?: at \S+)? +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +\d{1,2}:\d{2}(?::\d{2})?\b.*\b\d{4}\s*$/

/** Of a line that stands behind a first line, which is a header's; so much of it is looked at. */
const maxName = 128
const header = /^(?:[!-9;-~]+[ \t]*:|>From )/
const cutHeader = /^[!-9;-~]*$/
/** Of names of headers that a mail begins with. A text may have a word and a colon behind a line `From ` as well. */
const knownNames = [
  'return-path:',
  'received:',
  'from:',
  'date:',
  'message-id:',
  'subject:',
  'to:',
  'cc:',
  'sender:',
  'reply-to:',
  'in-reply-to:',
  'references:',
  'delivered-to:',
  'envelope-to:',
  'status:',
  'mime-version:',
  'content-',
  'list-',
  'resent-',
  'x-',
]

/** `From ada@example.org Mon Jan  2 15:04:05 2006`, and `From - ` of Thunderbird, with or without a date. */
export const isFirstLine = (line: string): boolean =>
  line.length <= maxFirstLine &&
  startsMail.test(line) &&
  (/^From [- ]*\r?$/.test(line) || dated.every((pattern) => pattern.test(line)))

/**
 * Takes a file apart into its mails, of which one is held at a time. A mail begins at a line `From ` with a day and a time, behind a
 * blank line if a header follows, or written strictly if one follows that mails begin with: otherwise it is a line of a text that nobody
 * quoted. A line `>From ` in a mail
 * loses one `>` (mboxrd; of mboxo, where it is the only one).
 */
export class MailSplitter {
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #bytes = 0
  #mail: { readonly line: number; readonly envelope: string } | undefined
  #carry: Buffer = Buffer.alloc(0)
  #isMidLine = false
  #isBehindBlank = true
  #line = 0
  #bytesBefore = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What stands before the first mail, which belongs to none. */
  get bytesBefore(): number {
    return this.#bytesBefore
  }

  *push(chunk: Buffer): Generator<WrittenMail> {
    const data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    this.#carry = Buffer.alloc(0)
    let kept = 0
    let at = 0
    for (let end = data.indexOf(newline); end !== -1; end = data.indexOf(newline, at)) {
      if (!this.#isMidLine) {
        const follows = this.#isFirst(data, at, end) && headerFollows(data, end + 1, this.#isBehindBlank)
        if (follows === undefined) {
          // What comes next says it.
          this.#keep(data.subarray(kept, at))
          this.#carry = data.subarray(at)
          return
        }
        this.#line += 1
        if (follows) {
          this.#keep(data.subarray(kept, at))
          yield* this.#take()
          this.#begin(data.subarray(at, end))
          kept = end + 1
        } else if (data[at] === greater && isQuotedFrom(data, at, end)) {
          this.#keep(data.subarray(kept, at))
          kept = at + 1
        }
      }
      const isBlank = end - at === 0 || (end - at === 1 && data[at] === 0x0d)
      this.#isBehindBlank = isBlank && !this.#isMidLine
      this.#isMidLine = false
      at = end + 1
    }
    this.#keep(data.subarray(kept, at))
    this.#keepRest(data.subarray(at))
  }

  /** The last mail; its last line may have no end. */
  *finish(): Generator<WrittenMail> {
    const carry = this.#carry
    this.#carry = Buffer.alloc(0)
    const end = carry.indexOf(newline)
    const isFirst = end !== -1 && mayBecomeHeader(carry.toString('latin1', end + 1), this.#isBehindBlank)
    if (isFirst) {
      yield* this.#take()
      this.#line += 1
      this.#begin(carry.subarray(0, end))
    }
    this.#keep(isFirst ? carry.subarray(end + 1) : carry)
    yield* this.#take()
  }

  #isFirst(data: Buffer, start: number, end: number): boolean {
    if (data[start] !== letterF || end - start > maxFirstLine) return false
    const line = data.toString('latin1', start, end)
    return isFirstLine(line) && (this.#isBehindBlank || strict.test(line))
  }

  #begin(line: Buffer): void {
    this.#mail = { line: this.#line, envelope: line.toString('latin1', 'From '.length).trim() }
  }

  *#take(): Generator<WrittenMail> {
    const [mail, parts, bytes] = [this.#mail, this.#parts, this.#bytes]
    this.#parts = []
    this.#bytes = 0
    this.#mail = undefined
    if (mail !== undefined) yield { ...mail, bytes: Buffer.concat(parts), isCut: bytes > this.#maxBytes }
  }

  /** A line that has not ended: a long one needs not be held until it has. */
  #keepRest(rest: Buffer): void {
    if (this.#isMidLine || rest.length > maxFirstLine) {
      if (!this.#isMidLine) this.#line += 1
      this.#isMidLine = true
      this.#keep(rest)
    } else {
      this.#carry = rest
    }
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    if (this.#mail === undefined) {
      this.#bytesBefore += part.length
      return
    }
    const room = this.#maxBytes - this.#bytes
    this.#bytes += part.length
    if (room > 0) this.#parts.push(part.subarray(0, room))
  }
}

/** Whether a header begins there, behind no blank line a known one; undefined where more has to be known. */
function headerFollows(data: Buffer, start: number, isBehindBlank: boolean): boolean | undefined {
  const text = data.toString('latin1', start, start + maxName)
  if (header.test(text)) return isBehindBlank || isKnown(text)
  return text.length === maxName || text.includes('\n') ? false : undefined
}

function isKnown(text: string): boolean {
  const name = text.toLowerCase().replace(/[ \t]+:/, ':')
  return knownNames.some((known) => name.startsWith(known))
}

/** Of what ends within its first header. */
function mayBecomeHeader(text: string, isBehindBlank: boolean): boolean {
  if (!cutHeader.test(text)) return false
  return isBehindBlank || isKnown(text) || knownNames.some((known) => known.startsWith(text.toLowerCase()))
}

function isQuotedFrom(data: Buffer, start: number, end: number): boolean {
  let at = start
  while (at < end && data[at] === greater) at += 1
  return data.toString('latin1', at, at + 'From '.length) === 'From '
}
