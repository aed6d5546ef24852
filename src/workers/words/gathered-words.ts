import { BlockCollector, type CollectedBlock } from './block-collector.js'
import { blockLength, placeOf } from './changed-words.js'

/**
 * The words of the messages that the writer has stored since it last indexed words, collected as they came: else their texts would be
 * read again.
 */
export class GatheredWords {
  readonly #collector = new BlockCollector()
  /** Keys behind the first of these, up to the second; none where they are the same. */
  #after = 0
  #through = 0

  /**
   * Takes a message that was stored. It is passed over where one before it is missing or it is of another block.
   *
   * @param indexedKey the last message whose words are indexed
   * @returns whether the block is whole now, so that it should be indexed
   */
  add(
    indexedKey: number,
    messageKey: number,
    channelKey: number,
    timestamp: number,
    content: string,
  ): boolean {
    if (this.#after !== indexedKey || this.#through !== messageKey - 1) {
      if (messageKey - 1 !== indexedKey) return false
      this.clear()
      this.#after = indexedKey
    }
    this.#collector.add(messageKey, channelKey, timestamp, content)
    this.#through = messageKey
    return placeOf(messageKey) === blockLength - 1
  }

  /** What was collected, if it is all of a range of keys, `after` excluded. */
  take(after: number, through: number): CollectedBlock | undefined {
    const isAll = this.#after === after && this.#through === through && after < through
    const collected = isAll ? this.#collector.take() : undefined
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
