import { scanWords } from '../../protocol/words/scan-words.js'
import { IndexWords, pageOfChannel } from './index-words.js'

/** Messages of one block whose words may not be what the index says. */
export interface ChangedBlock {
  /** Their places. */
  readonly places: Set<number>
  /** The pages on which they stood. */
  readonly pages: Set<number>
}

/** So many keys of messages a block has. */
export const blockLength = 8_192
export const blockOf = (messageKey: number): number => Math.floor(messageKey / blockLength)
export const placeOf = (messageKey: number): number => messageKey % blockLength

/**
 * The messages that one transaction has changed or deleted and whose words are in the index, which is mended for all of them at its
 * end. What was undone meanwhile does no harm: the messages are looked at then.
 */
export class ChangedWords {
  readonly #blocks = new Map<number, ChangedBlock>()
  #noted: Set<number> = new Set()
  readonly #words = new IndexWords({ word: (_run, _start, _end, page) => void this.#noted.add(page) })

  /** To be called for what a message was before it was changed or deleted. */
  note(messageKey: number, channelKey: number, content: string): void {
    const { places, pages } = this.#block(blockOf(messageKey))
    places.add(placeOf(messageKey))
    this.#noted = pages
    scanWords(content, this.#words)
    pages.add(pageOfChannel(channelKey))
  }

  get isEmpty(): boolean {
    return this.#blocks.size === 0
  }

  /** By their blocks; nothing is noted after. */
  take(): [block: number, changed: ChangedBlock][] {
    const taken = [...this.#blocks]
    this.#blocks.clear()
    return taken
  }

  #block(block: number): ChangedBlock {
    const known = this.#blocks.get(block)
    if (known !== undefined) return known
    const changed = { places: new Set<number>(), pages: new Set<number>() }
    this.#blocks.set(block, changed)
    return changed
  }
}
