import { bytesOf, type KnownWord } from './known-words.js'

/*
 * A tsvector as `tsvectorrecv` of PostgreSQL reads it: how many words it has; of each its UTF-8 with a zero behind it, how many places, and
 * the places. The server sorts the words. Written and read it costs less than its text.
 */

/** It holds a megabyte (https://www.postgresql.org/docs/current/textsearch-limitations.html); this leaves room. */
const maxBytes = 512 * 1024

let bytes = Buffer.alloc(1 << 16)

/** The words, each with as many places as it stands in the text, whatever they are; undefined where they are too many for one vector. */
export function toVector(words: readonly KnownWord[]): Buffer | undefined {
  let end = 4
  for (const word of words) {
    end += bytesOf(word).length + 2 + 2 * word.count
    if (end > maxBytes) return undefined
  }
  if (end > bytes.length) bytes = Buffer.alloc(2 * end)
  let at = bytes.writeInt32BE(words.length, 0)
  for (const word of words) {
    const own = bytesOf(word)
    for (let index = 0; index < own.length; index += 1) bytes[at++] = own[index] ?? 0
    at = bytes.writeUInt16BE(word.count, at)
    for (let place = 1; place <= word.count; place += 1) at = bytes.writeUInt16BE(place, at)
  }
  return Buffer.from(bytes.subarray(0, at))
}
