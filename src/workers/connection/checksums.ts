import { crc32 } from 'node:zlib'
import { absentExtras } from '../../protocol/message-fields.js'

/** What SQLite hands to a function of ours. */
export type ChecksumValue = string | number | bigint | Uint8Array | null

/** Separates values, so that moving a character from one to the next changes the sum. */
const separator = Buffer.of(0)
const absent = Buffer.of(1)

/** CRC-32 over a row's values, in their order (https://www.w3.org/TR/png/#D-CRCAppendix). */
export function rowChecksum(...values: readonly ChecksumValue[]): number {
  let sum = 0
  for (const value of values) {
    sum = crc32(value === null ? absent : bytesOf(value), sum)
    sum = crc32(separator, sum)
  }
  return sum
}

const bytesOf = (value: string | number | bigint | Uint8Array): string | Uint8Array =>
  value instanceof Uint8Array ? value : String(value)

/**
 * The checksum of a message of the usual type, with nothing but what every message has. Numbers go into the CRC's start:
 * writing them out as text would double what a message costs.
 */
export function plainMessageChecksum(
  channelKey: number,
  userKey: number,
  content: string,
  timestamp: number,
): number {
  const numbers =
    Math.imul(channelKey, 0x9e3779b1) + Math.imul(userKey, 0x85ebca6b) + (timestamp % largestPrime)
  return crc32(content, numbers >>> 0)
}

/** The largest prime of 32 bits: two times that differ in one bit, or in a few, have different remainders. */
const largestPrime = 4_294_967_291

/** The checksum of any message; the extras are in their order. */
export function messageChecksum(
  channelKey: number,
  userKey: number,
  content: string,
  timestamp: number,
  ...extras: readonly ChecksumValue[]
): number {
  const sum = plainMessageChecksum(channelKey, userKey, content, timestamp)
  const isPlain = extras.every((value, index) => value === absentExtras[index])
  return isPlain ? sum : rowChecksum(sum, ...extras)
}
