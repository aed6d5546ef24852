import { BlockCollector, type CollectedBlock } from './block-collector.js'
import { blockLength, placeOf } from './changed-words.js'

/** The words of a range of keys: behind the first of these, up to the second; none where they are the same. */
class GatheredBlock {
  readonly #collector = new BlockCollector()
  #after = 0
  #through = 0

  get through(): number {
    return this.#through
  }

  isWhole(): boolean {
    return this.#through > this.#after && placeOf(this.#through) === blockLength - 1
  }

  isAll(after: number, through: number): boolean {
    return this.#after === after && this.#through === through && after < through
  }

  /** Begins anew behind a key. */
  begin(after: number): void {
    this.clear()
    this.#after = after
    this.#through = after
  }

  goesOnFrom(after: number, messageKey: number): boolean {
    return this.#after === after && this.#through === messageKey - 1
  }

  add(messageKey: number, channelKey: number, timestamp: number, content: string): void {
    this.#collector.add(messageKey, channelKey, timestamp, content)
    this.#through = messageKey
  }

  take(): CollectedBlock {
    const collected = this.#collector.take()
    this.clear()
    return collected
  }

  clear(): void {
    if (this.#through === this.#after) return
    this.#collector.clear()
    this.#after = 0
    this.#through = 0
  }
}

/**
 * The words of the messages that the writer has stored since it last indexed words, collected as they came: else their texts would be
 * read again. A block that is whole waits until the writer has time for it, and the next one gathers meanwhile.
 */
export class GatheredWords {
  #whole = new GatheredBlock()
  #next = new GatheredBlock()

  /**
   * Takes a message that was stored. It is passed over where one before it is missing or it is of another block.
   *
   * @param indexedKey the last message whose words are indexed
   * @returns whether two blocks are whole now, so that the first should be indexed
   */
  add(
    indexedKey: number,
    messageKey: number,
    channelKey: number,
    timestamp: number,
    content: string,
  ): boolean {
    const isOneWhole = this.#whole.isWhole()
    const after = isOneWhole ? this.#whole.through : indexedKey
    if (!this.#next.goesOnFrom(after, messageKey)) {
      if (messageKey - 1 !== after) return false
      this.#next.begin(after)
    }
    this.#next.add(messageKey, channelKey, timestamp, content)
    if (!this.#next.isWhole()) return false
    if (isOneWhole) return true
    ;[this.#whole, this.#next] = [this.#next, this.#whole]
    return false
  }

  /** What was collected, if it is all of a range of keys, `after` excluded. */
  take(after: number, through: number): CollectedBlock | undefined {
    if (this.#whole.isAll(after, through)) {
      const collected = this.#whole.take()
      if (this.#next.isWhole()) [this.#whole, this.#next] = [this.#next, this.#whole]
      return collected
    }
    const collected = this.#next.isAll(after, through) ? this.#next.take() : undefined
    this.clear()
    return collected
  }

  clear(): void {
    this.#whole.clear()
    this.#next.clear()
  }
}
