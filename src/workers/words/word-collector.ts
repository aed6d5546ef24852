import { IndexWords } from '../../protocol/words/index-words.js'
import { maxWordLength, scanWords, type Run } from '../../protocol/words/scan-words.js'
import { channelWord, pageOfChannel, pageOfRun, pagesPerBlock, writeCodePoint } from './word-pages.js'
import { WordPageWriter } from './word-page.js'

/** FNV-1a, over code points (RFC 9923), from a start that nobody knows: a text of words with one hash would hold the writer for minutes. */
const startOfHash = Math.floor(Math.random() * 2 ** 32) | 0
const primeOfHash = 0x01_00_01_93

/** The words of up to a block's messages, in hash tables of plain numbers: a Map of texts would take five times as long. */
export class WordCollector {
  readonly #words = new IndexWords(this)
  /** The words' UTF-8, one behind the other. */
  #bytes = new Uint8Array(1 << 16)
  /** Open addressing: a word's number and one, or 0. */
  #slots = new Uint32Array(1 << 12)
  /** Of each word: its hash, where its bytes begin (they end where the next one's begin), its page, its last place. */
  #hashes = new Int32Array(1 << 11)
  #starts = new Uint32Array((1 << 11) + 1)
  #pages = new Uint8Array(1 << 11)
  #lastPlaces = new Int32Array(1 << 11)
  #size = 0
  /** Every word of every message: the word's number, the message's place, how often it stands there. */
  #placedWords = new Uint32Array(1 << 13)
  #places = new Uint16Array(1 << 13)
  #repeats = new Uint16Array(1 << 13)
  #placed = 0
  #place = 0

  /** Adds a message; places must rise. Gives how many words it has. */
  add(place: number, channelKey: number, content: string): number {
    this.#place = place
    this.#words.count = 0
    scanWords(content, this.#words)
    this.#addChannel(channelKey)
    return this.#words.count
  }

  /** A word of the message that is being added. */
  word(run: Run, start: number, end: number, isSpaceless: boolean): void {
    this.#reserveBytes(4 * maxWordLength)
    const bytes = this.#bytes
    const { codePoints } = run
    let hash = startOfHash
    let next = this.#end
    for (let at = start; at < end; at += 1) {
      const codePoint = codePoints[at] ?? 0
      hash = Math.imul(hash ^ codePoint, primeOfHash)
      if (codePoint < 0x80) bytes[next++] = codePoint
      else next = writeCodePoint(bytes, next, codePoint)
    }
    this.#note(next, hash, pageOfRun(run, start, end, isSpaceless))
  }

  #addChannel(channelKey: number): void {
    const word = channelWord(channelKey)
    this.#reserveBytes(word.length)
    this.#bytes.set(word, this.#end)
    const hash = Math.imul(startOfHash ^ channelKey, primeOfHash)
    this.#note(this.#end + word.length, hash, pageOfChannel(channelKey))
  }

  /** The words by their pages, each with its places. Leaves nothing collected. */
  takePages(): Map<number, WordPageWriter> {
    const pages = new Map<number, WordPageWriter>()
    const byWord = this.#sortByWord()
    let next = 0
    for (let word = 0; word < this.#size; word += 1) {
      const page = this.#pages[word] ?? 0
      const writer = pages.get(page) ?? new WordPageWriter()
      pages.set(page, writer)
      writer.begin(this.#bytes, this.#starts[word] ?? 0, this.#starts[word + 1] ?? 0)
      for (; next < this.#placed; next += 1) {
        const index = byWord[next] ?? 0
        if (this.#placedWords[index] !== word) break
        writer.place(this.#places[index] ?? 0, this.#repeats[index] ?? 1)
      }
      writer.end()
    }
    this.clear()
    return pages
  }

  clear(): void {
    this.#slots.fill(0)
    this.#size = 0
    this.#placed = 0
  }

  get #end(): number {
    return this.#starts[this.#size] ?? 0
  }

  /** The word whose bytes stand behind the last one's, up to `end`. */
  #note(end: number, hash: number, page: number): void {
    const start = this.#end
    const mask = this.#slots.length - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    for (;;) {
      const taken = this.#slots[slot] ?? 0
      if (taken === 0) break
      if (this.#hashes[taken - 1] === hash && this.#isWord(taken - 1, start, end)) {
        this.#noteAgain(taken - 1)
        return
      }
      slot = (slot + 1) & mask
    }
    this.#addWord(slot, hash, end, page)
  }

  #isWord(word: number, start: number, end: number): boolean {
    const from = this.#starts[word] ?? 0
    if ((this.#starts[word + 1] ?? 0) - from !== end - start) return false
    for (let at = start; at < end; at += 1)
      if (this.#bytes[at] !== this.#bytes[from + at - start]) return false
    return true
  }

  #noteAgain(word: number): void {
    const last = this.#lastPlaces[word] ?? 0
    if (this.#places[last] === this.#place)
      this.#repeats[last] = Math.min((this.#repeats[last] ?? 0) + 1, 255)
    else this.#addPlace(word)
  }

  #addWord(slot: number, hash: number, end: number, page: number): void {
    const word = this.#size
    if (word + 1 === this.#hashes.length) this.#growWords()
    this.#hashes[word] = hash
    this.#pages[word] = page
    this.#starts[word + 1] = end
    this.#size = word + 1
    this.#slots[slot] = word + 1
    this.#addPlace(word)
    if (2 * this.#size > this.#slots.length) this.#growSlots()
  }

  #addPlace(word: number): void {
    const index = this.#placed
    if (index === this.#places.length) this.#growPlaces()
    this.#placedWords[index] = word
    this.#places[index] = this.#place
    this.#repeats[index] = 1
    this.#lastPlaces[word] = index
    this.#placed = index + 1
  }

  /** Counting sort: what was noted, word by word, each in the order of its places. */
  #sortByWord(): Uint32Array {
    const next = new Uint32Array(this.#size + 1)
    for (let index = 0; index < this.#placed; index += 1) {
      const word = this.#placedWords[index] ?? 0
      next[word + 1] = (next[word + 1] ?? 0) + 1
    }
    for (let word = 0; word < this.#size; word += 1)
      next[word + 1] = (next[word + 1] ?? 0) + (next[word] ?? 0)
    const sorted = new Uint32Array(this.#placed)
    for (let index = 0; index < this.#placed; index += 1) {
      const word = this.#placedWords[index] ?? 0
      const at = next[word] ?? 0
      sorted[at] = index
      next[word] = at + 1
    }
    return sorted
  }

  #reserveBytes(more: number): void {
    const needed = this.#end + more
    if (needed <= this.#bytes.length) return
    this.#bytes = grown(this.#bytes, new Uint8Array(2 * needed))
  }

  #growWords(): void {
    const length = 2 * this.#hashes.length
    this.#hashes = grown(this.#hashes, new Int32Array(length))
    this.#starts = grown(this.#starts, new Uint32Array(length + 1))
    this.#pages = grown(this.#pages, new Uint8Array(length))
    this.#lastPlaces = grown(this.#lastPlaces, new Int32Array(length))
  }

  #growPlaces(): void {
    const length = 2 * this.#places.length
    this.#placedWords = grown(this.#placedWords, new Uint32Array(length))
    this.#places = grown(this.#places, new Uint16Array(length))
    this.#repeats = grown(this.#repeats, new Uint16Array(length))
  }

  #growSlots(): void {
    const slots = new Uint32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let word = 0; word < this.#size; word += 1) {
      const hash = this.#hashes[word] ?? 0
      let slot = (hash ^ (hash >>> 15)) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = word + 1
    }
    this.#slots = slots
  }
}

/** What was in a smaller array, in a larger one. */
function grown<Numbers extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(
  old: Numbers,
  larger: Numbers,
): Numbers {
  larger.set(old)
  return larger
}

/** Of what is kept by pages there are so many. */
export const pageKeyOf = (block: number, page: number): number => block * pagesPerBlock + page
