import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

const windows1252 = new TextDecoder('windows-1252')

/** Where the body begins, behind a blank line; undefined where there is none. */
function startOfBody(bytes: Buffer): number | undefined {
  const unix = bytes.indexOf('\n\n')
  const windows = bytes.indexOf('\n\r\n')
  if (unix === -1 && windows === -1) return undefined
  return windows === -1 || (unix !== -1 && unix < windows) ? unix + 2 : windows + 3
}

/** What is cut off before a blank line may lack what says which list it is of. */
export const hasWholeHead = (bytes: Buffer): boolean => startOfBody(bytes) !== undefined

/**
 * A mail as a reader of today takes it. Programs of before MIME, and careless ones of later, wrote bytes of their own character set without a
 * word, in heads as well; those are put into UTF-8. `Content-Type: text` is what some wrote for plain text.
 */
export function toReadableBytes(bytes: Buffer): Buffer {
  const at = startOfBody(bytes) ?? bytes.length
  const head = bytes.subarray(0, at)
  const body = bytes.subarray(at)
  const text = isUtf8(head) ? head.toString('utf8') : decoderOf(head.toString('latin1')).decode(head)
  const typed = text.replace(/^(content-type:[ \t]*text)[ \t]*(?=;|\r?$)/im, '$1/plain')
  const named = isUtf8(body) && !isAscii(body) ? withUtf8(typed) : typed
  const isNamed = /^content-type:[^\n]*(?:\n[ \t][^\n]*)*(?:charset|multipart|message)/im.test(named)
  if (named === text && isUtf8(head) && (isNamed || isUtf8(body))) return bytes
  const readable = isNamed || isUtf8(body) ? body : Buffer.from(windows1252.decode(body))
  return Buffer.concat([Buffer.from(named), readable])
}

const charsetOfText =
  /^(content-type:[ \t]*text\b[^\n]*(?:\n[ \t][^\n]*)*?\bcharset[ \t]*=[ \t]*"?)(?<charset>[^\s";]+)/im

/** A head whose body is UTF-8, though it names a character set that has no such bytes, or one that nobody knows. */
const withUtf8 = (head: string): string =>
  head.replace(charsetOfText, (whole: string, before: string, charset: string) =>
    /^(?:us-)?ascii$/i.test(charset) || !isKnown(charset) ? `${before}utf-8` : whole,
  )

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== ''
  } catch {
    return false
  }
}

/** The text of a mail of which a reader has found no part, as one whose parts begin otherwise than its head says. */
export function bodyAsText(bytes: Buffer): string {
  const body = bytes.subarray(startOfBody(bytes) ?? bytes.length)
  return isUtf8(body) ? body.toString('utf8') : windows1252.decode(body)
}

/** By what the head says of the body, which is what its own bytes are of. */
function decoderOf(head: string): TextDecoder {
  const charset = /charset="?(?<charset>[\w.:-]+)/i.exec(head)?.groups?.['charset']
  try {
    const decoder = new TextDecoder(charset ?? 'windows-1252')
    return decoder.encoding === 'utf-8' ? windows1252 : decoder
  } catch {
    return windows1252
  }
}
