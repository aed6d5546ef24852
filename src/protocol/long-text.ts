import { Pace, type Steps } from './steps.js'

/** Longer texts are handed over in pieces: encoding a text of megabytes takes as many milliseconds. */
export const longTextLength = 64 * 1024

/** A text in pieces of UTF-8, in memory that threads share. */
export type LongText = readonly SharedArrayBuffer[]

/** Cuts a text into pieces and encodes them. A character is never cut in two. */
export function* encodeLongText(text: string): Steps<LongText> {
  const pace = new Pace()
  const pieces: SharedArrayBuffer[] = []
  for (let start = 0; start < text.length;) {
    const end = endOfPiece(text, start)
    pieces.push(encodePiece(text.slice(start, end)))
    start = end
    if (pace.isOverNow()) {
      yield
      pace.restart()
    }
  }
  return pieces
}

function endOfPiece(text: string, start: number): number {
  const end = Math.min(text.length, start + longTextLength)
  const isCut = end < text.length && isHighSurrogate(text.charCodeAt(end - 1))
  return isCut ? end - 1 : end
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff

/** One piece, which must be well-formed by itself. */
export const encodePiece = (text: string): SharedArrayBuffer => toShared(Buffer.from(text))

/** The whole text again; until somebody looks at it, it stays in pieces. */
export function* decodeLongText(pieces: LongText): Steps<string> {
  const pace = new Pace()
  let text = ''
  for (const piece of pieces) {
    text += copyOf(piece).toString()
    if (pace.isOverNow()) {
      yield
      pace.restart()
    }
  }
  return text
}

export function toShared(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}

/** A copy of its own: not everything reads from shared memory. */
export const copyOf = (shared: SharedArrayBuffer): Buffer => Buffer.from(new Uint8Array(shared))
