import { TextDecoder } from 'node:util'
import { maxLineBytes } from '../protocol/limits.js'

export interface GoodLine {
  readonly number: number
  readonly text: string
  readonly bytes: number
}

export interface UnreadableLine {
  readonly number: number
  readonly code: 'INVALID_ARGUMENT' | 'TOO_LARGE'
  readonly problem: string
}

const newline = 0x0a
const maxParts = 1_024
const byteOrderMark = '\uFEFF'
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface SplitOptions {
  /** Of a line that is longer no byte is kept. Default: what no good line exceeds. */
  readonly maxBytes?: number
  /** The lines before it are counted and passed over unread. Default 1. */
  readonly firstLine?: number
  /** How a line that is not UTF-8 is read, as the logs of old programs have them. Default: it is reported. */
  readonly otherwise?: 'windows-1252'
}

/**
 * Splits bytes into lines, holding one line at most. Lines end in `\n` or `\r\n`; the last one may end without. A byte
 * order mark at the start and blank lines are passed over; blank lines count in the numbering, which starts at 1.
 */
export class LineSplitter {
  readonly #maxBytes: number
  readonly #firstLine: number
  readonly #otherwise: TextDecoder | undefined
  #lines = 0
  #parts: Buffer[] = []
  #bytes = 0

  constructor({ maxBytes = maxLineBytes, firstLine = 1, otherwise }: SplitOptions = {}) {
    this.#maxBytes = maxBytes
    this.#firstLine = firstLine
    this.#otherwise = otherwise === undefined ? undefined : new TextDecoder(otherwise)
  }

  /** The lines that have ended so far. */
  get lines(): number {
    return this.#lines
  }

  /**
   * @param chunk the next bytes, cut anywhere.
   * @returns each line's text, or what is wrong with it: not UTF-8, or longer than a line may be; that one is passed over without being kept.
   */
  *push(chunk: Buffer): Generator<GoodLine | UnreadableLine> {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      const line = this.#finishLine()
      if (line !== undefined) yield line
    }
    this.#keep(chunk.subarray(start))
  }

  /** The last line, where it ended without a newline. */
  *finish(): Generator<GoodLine | UnreadableLine> {
    if (this.#bytes === 0) return
    const line = this.#finishLine()
    if (line !== undefined) yield line
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length
    if (this.#bytes > this.#maxBytes || this.#lines + 1 < this.#firstLine) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
    // A line that comes byte by byte is not kept as so many objects.
    if (this.#parts.length === maxParts) this.#parts = [Buffer.concat(this.#parts)]
  }

  #finishLine(): GoodLine | UnreadableLine | undefined {
    const [parts, bytes] = [this.#parts, this.#bytes]
    const number = (this.#lines += 1)
    this.#parts = []
    this.#bytes = 0
    return number < this.#firstLine
      ? undefined
      : decode(number, parts, bytes, this.#maxBytes, this.#otherwise)
  }
}

/**
 * The lines of bytes that come by themselves; see {@link LineSplitter}.
 *
 * @throws what reading `chunks` throws; the line it cut off is not returned.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  options?: SplitOptions,
): AsyncGenerator<GoodLine | UnreadableLine> {
  const splitter = new LineSplitter(options)
  for await (const chunk of chunks) yield* splitter.push(chunk)
  yield* splitter.finish()
}

function decode(
  number: number,
  parts: readonly Buffer[],
  bytes: number,
  maxBytes: number,
  otherwise: TextDecoder | undefined,
): GoodLine | UnreadableLine | undefined {
  if (bytes > maxBytes) {
    return { number, code: 'TOO_LARGE', problem: `the line is longer than ${toText(maxBytes)}` }
  }
  const text = decodeUtf8(parts) ?? otherwise?.decode(Buffer.concat(parts))
  if (text === undefined) return { number, code: 'INVALID_ARGUMENT', problem: 'the line is not valid UTF-8' }
  const withoutMark = number === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text
  const line = withoutMark.endsWith('\r') ? withoutMark.slice(0, -1) : withoutMark
  return line.trim() === '' ? undefined : { number, text: line, bytes }
}

const mebibyte = 1024 * 1024

const toText = (bytes: number): string =>
  bytes % mebibyte === 0 ? `${bytes / mebibyte} MiB` : `${bytes} bytes`

function decodeUtf8(parts: readonly Buffer[]): string | undefined {
  const [first] = parts
  try {
    return decoder.decode(parts.length === 1 ? first : Buffer.concat(parts))
  } catch {
    return undefined
  }
}
