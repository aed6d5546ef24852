import { Buffer } from 'node:buffer'
import type { Run } from '../../protocol/words/scan-words.js'

/** So many pages has each block; a word is on the page that its beginning says. */
export const pagesPerBlock = 64

/**
 * The page of a word: by its first two characters, so that the words with one beginning stand together; in scripts without spaces, whose
 * words are neighbours, by the first one.
 */
export function pageOfWord(first: number, second: number, isSpaceless: boolean): number {
  const mixed = Math.imul(isSpaceless ? first : Math.imul(first, 31) + second, 0x9e_37_79_b1)
  return (mixed >>> 26) % pagesPerBlock
}

/** The page of a word of a run. */
export const pageOfRun = ({ codePoints }: Run, start: number, end: number, isSpaceless: boolean): number =>
  pageOfWord(codePoints[start] ?? 0, end - start > 1 ? (codePoints[start + 1] ?? 0) : 0, isSpaceless)

/** With which no word of a text begins. */
export const channelPrefix: Uint8Array = Buffer.from('\u0001')
const channelWords = new Map<number, Uint8Array>()
const maxRemembered = 10_000

/** By which a channel's messages are found among the words: no text has such a word. */
export function channelWord(channelKey: number): Uint8Array {
  const known = channelWords.get(channelKey)
  if (known !== undefined) return known
  const word = Buffer.from(`\u0001${channelKey}`)
  if (channelWords.size === maxRemembered) channelWords.clear()
  channelWords.set(channelKey, word)
  return word
}
export const pageOfChannel = (channelKey: number): number =>
  pageOfWord(1, Math.imul(channelKey, 0x85_eb_ca_6b), false)

/** Writes a character beyond ASCII as UTF-8 (RFC 3629, 3); gives where it ends. */
export function writeCodePoint(bytes: Uint8Array, at: number, codePoint: number): number {
  const continuation = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f)
  if (codePoint < 0x8_00) {
    bytes[at] = 0xc0 | (codePoint >> 6)
    bytes[at + 1] = continuation(0)
    return at + 2
  }
  if (codePoint < 0x1_00_00) {
    bytes[at] = 0xe0 | (codePoint >> 12)
    bytes[at + 1] = continuation(6)
    bytes[at + 2] = continuation(0)
    return at + 3
  }
  bytes[at] = 0xf0 | (codePoint >> 18)
  bytes[at + 1] = continuation(12)
  bytes[at + 2] = continuation(6)
  bytes[at + 3] = continuation(0)
  return at + 4
}
