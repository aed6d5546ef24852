import { maxLineBytes } from '../protocol/limits.js'

export interface GoodLine {
  readonly number: number
  readonly text: string
  readonly bytes: number
}

export interface UnreadableLine {
  readonly number: number
  readonly problem: string
}

const newline = 0x0a
const byteOrderMark = '\uFEFF'
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Splits bytes into lines, holding one line at most. Lines end in `\n` or `\r\n`; the last one may end without. A byte
 * order mark at the start and blank lines are passed over; blank lines count in the numbering, which starts at 1.
 *
 * @param chunks the bytes, cut anywhere.
 * @returns each line's text, or what is wrong with it: not UTF-8, or longer than a line may be; that one is passed over without being kept.
 * @throws what reading `chunks` throws; the line it cut off is not returned.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<GoodLine | UnreadableLine> {
  let number = 1
  let parts: Buffer[] = []
  let bytes = 0

  const keep = (part: Buffer): void => {
    bytes += part.length
    if (bytes > maxLineBytes) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const finish = (): GoodLine | UnreadableLine | undefined => {
    const line = decode(number, parts, bytes)
    number += 1
    parts = []
    bytes = 0
    return line
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end))
      start = end + 1
      const line = finish()
      if (line !== undefined) yield line
    }
    keep(chunk.subarray(start))
  }
  const last = finish()
  if (last !== undefined) yield last
}

function decode(
  number: number,
  parts: readonly Buffer[],
  bytes: number,
): GoodLine | UnreadableLine | undefined {
  if (bytes > maxLineBytes) {
    return { number, problem: `the line is longer than ${maxLineBytes / 1024 / 1024} MiB` }
  }
  const text = decodeUtf8(parts)
  if (text === undefined) return { number, problem: 'the line is not valid UTF-8' }
  const withoutMark = number === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text
  const line = withoutMark.endsWith('\r') ? withoutMark.slice(0, -1) : withoutMark
  return line.trim() === '' ? undefined : { number, text: line, bytes }
}

function decodeUtf8(parts: readonly Buffer[]): string | undefined {
  const [first] = parts
  try {
    return decoder.decode(parts.length === 1 ? first : Buffer.concat(parts))
  } catch {
    return undefined
  }
}
