import { countedLength } from '../../protocol/words/scores.js'
import { blockLength, placeOf } from './changed-words.js'
import { WordCollector } from './word-collector.js'

/** What of a message is indexed for a search. */
export interface SearchedMessage {
  readonly messageKey: number
  readonly channelKey: number
  readonly timestamp: number
  readonly content: string
}

/** The words of some messages of one block, and what is known of the messages beside. */
export interface CollectedBlock {
  /** By the page's number in its block. */
  readonly pages: ReadonlyMap<number, Uint8Array>
  /** How many words each message has, by place; 0 where there is none. */
  readonly lengths: Uint8Array
  readonly messages: number
  readonly words: number
  readonly earliest: number
  readonly latest: number
}

/** Collects the words of messages of one block, in the order of their keys. */
export class BlockCollector {
  readonly #collector = new WordCollector()
  #lengths = new Uint8Array(blockLength)
  #messages = 0
  #words = 0
  #earliest = Infinity
  #latest = -Infinity

  add(messageKey: number, channelKey: number, timestamp: number, content: string): void {
    const place = placeOf(messageKey)
    // A message without a word counts as one of one word: 0 says that there is no message.
    const length = countedLength(this.#collector.add(place, channelKey, content))
    this.#lengths[place] = length
    this.#messages += 1
    this.#words += length
    if (timestamp < this.#earliest) this.#earliest = timestamp
    if (timestamp > this.#latest) this.#latest = timestamp
  }

  addAll(messages: Iterable<SearchedMessage>): void {
    for (const { messageKey, channelKey, timestamp, content } of messages)
      this.add(messageKey, channelKey, timestamp, content)
  }

  /** What was collected; nothing is, after. */
  take(): CollectedBlock {
    const pages = new Map([...this.#collector.takePages()].map(([page, { bytes }]) => [page, bytes]))
    const collected = {
      pages,
      lengths: this.#lengths,
      messages: this.#messages,
      words: this.#words,
      earliest: this.#earliest,
      latest: this.#latest,
    }
    this.clear()
    return collected
  }

  clear(): void {
    this.#collector.clear()
    this.#lengths = new Uint8Array(blockLength)
    this.#messages = 0
    this.#words = 0
    this.#earliest = Infinity
    this.#latest = -Infinity
  }
}
