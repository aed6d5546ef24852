import { Buffer } from 'node:buffer'
import { blockLength } from './changed-words.js'

/*
 * A page holds some words of a block of messages. Each word is: how many bytes it has, its UTF-8, how many bytes its places have, and its
 * places. A place is a message's number in its block; what is written is twice how far it is behind the one before and, where the word
 * stands there more than once, one more and then how often. All numbers have seven bits a byte, the lowest first; the highest bit of a
 * byte says that another one follows (as in LEB128).
 */

/** Writes a page, word by word, each with its places in rising order. */
export class WordPageWriter {
  #bytes = new Uint8Array(4_096)
  #length = 0
  #placesStart = 0
  #lastPlace = -1

  begin(bytes: Uint8Array, start: number, end: number): void {
    // Room for the lengths, too.
    this.#reserve(end - start + 8)
    this.#write(end - start)
    for (let at = start; at < end; at += 1) this.#bytes[this.#length++] = bytes[at] ?? 0
    this.#length += 1
    this.#placesStart = this.#length
    this.#lastPlace = -1
  }

  place(place: number, repeats: number): void {
    this.#reserve(8)
    const distance = place - this.#lastPlace
    this.#lastPlace = place
    if (repeats === 1) this.#write(2 * distance)
    else {
      this.#write(2 * distance + 1)
      this.#write(repeats)
    }
  }

  /** Nearly always one byte is enough for how long the places are, so one is left free; where it is not, they are moved. */
  end(): void {
    const length = this.#length - this.#placesStart
    const extra = length < 0x80 ? 0 : length < 0x40_00 ? 1 : 2
    if (extra > 0) {
      this.#reserve(extra)
      this.#bytes.copyWithin(this.#placesStart + extra, this.#placesStart, this.#length)
    }
    this.#length = this.#placesStart - 1
    this.#write(length)
    this.#length += length
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #write(number: number): void {
    let rest = number
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(2 * needed)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Where a word stands in its block: the messages' places, rising, and how often it stands in each. */
export interface WordPlaces {
  readonly places: Uint16Array
  readonly repeats: Uint8Array
}

/** Reads a page, word by word. */
export class WordPageReader {
  readonly #bytes: Uint8Array
  #next = 0
  #wordStart = 0
  #wordEnd = 0
  #placesStart = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Goes to the next word; false behind the last one. @throws RangeError when the page is damaged */
  next(): boolean {
    if (this.#next >= this.#bytes.length) return false
    const wordLength = this.#read()
    this.#wordStart = this.#next
    this.#wordEnd = this.#wordStart + wordLength
    this.#next = this.#wordEnd
    const placesLength = this.#read()
    this.#placesStart = this.#next
    this.#next += placesLength
    if (this.#next > this.#bytes.length) throw damaged()
    return true
  }

  /** Whether the word begins with these bytes, or is them. */
  isWord(bytes: Uint8Array, isPrefix: boolean): boolean {
    const length = this.#wordEnd - this.#wordStart
    if (isPrefix ? length < bytes.length : length !== bytes.length) return false
    for (let at = 0; at < bytes.length; at += 1)
      if (this.#bytes[this.#wordStart + at] !== bytes[at]) return false
    return true
  }

  get word(): Uint8Array {
    return this.#bytes.subarray(this.#wordStart, this.#wordEnd)
  }

  get text(): string {
    return Buffer.from(this.word).toString('utf8')
  }

  /** Of the word it is at; where `has` is given, those of which it says 1. @throws RangeError when the page is damaged */
  places(has?: Uint8Array): WordPlaces {
    // What is searched most runs in here, on variables of its own.
    const bytes = this.#bytes
    const end = this.#next
    let at = this.#placesStart
    let count = 0
    let place = -1
    while (at < end) {
      let step = bytes[at++] ?? 0
      if (step > 0x7f) [step, at] = readLong(bytes, at - 1)
      place += step >>> 1
      let repeats = 1
      if ((step & 1) === 1) [repeats, at] = readLong(bytes, at)
      if (has !== undefined && has[place] !== 1) continue
      if (count === blockLength) throw damaged()
      foundPlaces[count] = place
      foundRepeats[count] = repeats
      count += 1
    }
    if (at !== end) throw damaged()
    return { places: foundPlaces.slice(0, count), repeats: foundRepeats.slice(0, count) }
  }

  #read(): number {
    const [number, next] = readLong(this.#bytes, this.#next)
    this.#next = next
    return number
  }
}

/** What is found before it is known how much that is. */
const foundPlaces = new Uint16Array(blockLength)
const foundRepeats = new Uint8Array(blockLength)

/** A number, and where the next one begins. */
function readLong(bytes: Uint8Array, start: number): readonly [number: number, next: number] {
  let number = 0
  let at = start
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at]
    if (byte === undefined) throw damaged()
    at += 1
    number |= (byte & 0x7f) << shift
    if (byte < 0x80) return [number, at]
  }
  throw damaged()
}

const damaged = (): RangeError => new RangeError('A page of words ends in the middle of one')
