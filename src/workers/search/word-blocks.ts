import { Buffer } from 'node:buffer'
import { ConvoDbError } from '../../protocol/errors.js'
import { blockLength } from '../words/changed-words.js'
import { channelPrefix, channelWord, pageOfChannel } from '../words/word-pages.js'
import { WordPageReader, type WordPlaces } from '../words/word-page.js'
import type { Lookup } from './lookups.js'

/** The words of a block of messages, from the index or collected from messages that are not in it yet. */
export interface WordBlock {
  readonly block: number
  readonly messages: number
  readonly words: number
  readonly earliest: number
  readonly latest: number
  /** How many words each message has, by place; 0 where there is none. */
  lengths(): Uint8Array
  page(page: number): Uint8Array | undefined
  /** The places of a user's messages. */
  placesOfUser(userKey: number): readonly number[]
}

/** Which of a block's messages are searched; undefined: all. */
export type Allowed = AllowedPlaces | undefined

interface AllowedPlaces {
  readonly places: Uint16Array
  /** By place: 1 where it is one of them. */
  readonly has: Uint8Array
}

export const noPlaces: WordPlaces = { places: new Uint16Array(0), repeats: new Uint8Array(0) }

/** Where a word stands, or any word that begins so, among the messages that are searched. @throws CORRUPT */
export function placesOf(block: WordBlock, { bytes, isPrefix, pages }: Lookup, allowed: Allowed): WordPlaces {
  const found: WordPlaces[] = []
  for (const number of pages) {
    const page = block.page(number)
    if (page === undefined) continue
    found.push(...readPlaces(page, block.block, (reader) => reader.isWord(bytes, isPrefix), allowed?.has))
  }
  return found.length === 1 && found[0] !== undefined ? found[0] : union(found)
}

function readPlaces(
  page: Uint8Array,
  block: number,
  isWanted: (reader: WordPageReader) => boolean,
  has?: Uint8Array,
): WordPlaces[] {
  const found: WordPlaces[] = []
  try {
    const reader = new WordPageReader(page)
    while (reader.next()) if (isWanted(reader)) found.push(reader.places(has))
    return found
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ConvoDbError('CORRUPT', `A page of the words of block ${block} is damaged; verify tells more`, {
      table: 'message_words',
      block,
    })
  }
}

/** Of several words: a message that has some of them has as many as it has of all. */
export function union(lists: readonly WordPlaces[]): WordPlaces {
  // A long message may have very many words that begin so.
  const counts = new Uint32Array(blockLength)
  for (const { places, repeats } of lists)
    places.forEach((place, index) => {
      counts[place] = (counts[place] ?? 0) + (repeats[index] ?? 1)
    })
  return fromCounts(counts)
}

function fromCounts(counts: Uint32Array): WordPlaces {
  const size = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  const places = new Uint16Array(size)
  const repeats = new Uint8Array(size)
  let next = 0
  counts.forEach((count, place) => {
    if (count === 0) return
    places[next] = place
    repeats[next] = Math.min(count, 255)
    next += 1
  })
  return { places, repeats }
}

/** What stands in both; as often as in the one where it stands less often. */
export function intersect(one: WordPlaces, other: WordPlaces): WordPlaces {
  const size = Math.min(one.places.length, other.places.length)
  const places = new Uint16Array(size)
  const repeats = new Uint8Array(size)
  let count = 0
  let at = 0
  for (let index = 0; index < one.places.length && at < other.places.length; index += 1) {
    const place = one.places[index] ?? 0
    while (at < other.places.length && (other.places[at] ?? 0) < place) at += 1
    if (other.places[at] !== place) continue
    places[count] = place
    repeats[count] = Math.min(one.repeats[index] ?? 1, other.repeats[at] ?? 1)
    count += 1
  }
  return { places: places.subarray(0, count), repeats: repeats.subarray(0, count) }
}

/** Which messages of a block are searched. */
export interface Extent {
  /** Of these channels; undefined: of all. */
  readonly channelKeys: readonly number[] | undefined
  /** By these users; undefined: by anybody. */
  readonly userKeys: readonly number[] | undefined
  /** None that was stored later. */
  readonly lastKey: number
}

/** Those of the channels. Whom they are by is looked at where words are found. */
export function allowedIn(block: WordBlock, { channelKeys, lastKey }: Extent): Allowed {
  const last = lastKey - block.block * blockLength
  if (channelKeys !== undefined) return allow(placesOfChannels(block, channelKeys), last)
  if (last >= blockLength - 1) return undefined
  return allow([Uint16Array.from({ length: Math.max(last + 1, 0) }, (_, place) => place)], last)
}

function allow(lists: readonly Iterable<number>[], last: number): AllowedPlaces {
  const has = new Uint8Array(blockLength)
  const places: number[] = []
  for (const list of lists)
    for (const place of list) {
      if (place > last || has[place] === 1) continue
      has[place] = 1
      places.push(place)
    }
  // Of one channel they rise already.
  return { places: Uint16Array.from(lists.length > 1 ? places.toSorted((a, b) => a - b) : places), has }
}

/** Of these places those of the users. */
export function byUsers(block: WordBlock, places: Uint16Array, { userKeys }: Extent): Uint16Array {
  if (userKeys === undefined || places.length === 0) return places
  const theirs = new Set(userKeys.flatMap((key) => block.placesOfUser(key)))
  return places.filter((place) => theirs.has(place))
}

/** Each page is read once, for all channels that are on it. */
function placesOfChannels(block: WordBlock, channelKeys: readonly number[]): Uint16Array[] {
  return [...Map.groupBy(channelKeys, pageOfChannel)].flatMap(([number, keys]) => {
    const page = block.page(number)
    if (page === undefined) return []
    const words = new Set(keys.map((key) => Buffer.from(channelWord(key)).toString('latin1')))
    const isWanted = (reader: WordPageReader): boolean =>
      reader.isWord(channelPrefix, true) && words.has(Buffer.from(reader.word).toString('latin1'))
    return readPlaces(page, block.block, isWanted).map(({ places }) => places)
  })
}
