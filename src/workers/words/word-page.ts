import { Buffer } from 'node:buffer'

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

  /** Of the word it is at. @throws RangeError when the page is damaged */
  places(): WordPlaces {
    const end = this.#next
    const places = new Uint16Array(end - this.#placesStart)
    const repeats = new Uint8Array(places.length)
    let count = 0
    let place = -1
    this.#next = this.#placesStart
    while (this.#next < end) {
      const step = this.#read()
      place += step >>> 1
      places[count] = place
      repeats[count] = (step & 1) === 0 ? 1 : this.#read()
      count += 1
    }
    if (this.#next !== end) throw damaged()
    return { places: places.subarray(0, count), repeats: repeats.subarray(0, count) }
  }

  #read(): number {
    let number = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#bytes[this.#next]
      if (byte === undefined) throw damaged()
      this.#next += 1
      number |= (byte & 0x7f) << shift
      if (byte < 0x80) return number
    }
    throw damaged()
  }
}

const damaged = (): RangeError => new RangeError('A page of words ends in the middle of one')
