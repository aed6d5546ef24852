import { IndexWords } from '../../protocol/words/index-words.js'
import { scanWords } from '../../protocol/words/scan-words.js'
import { pageOfChannel, pageOfRun } from './word-pages.js'

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
 * end, and before the transaction itself searches. That a change was undone meanwhile does no harm: the messages are looked at then.
 * Where what mended them was undone, and not the change, they have to be mended once more.
 */
export class ChangedWords {
  readonly #blocks = new Map<number, ChangedBlock>()
  /** For which the index was mended in this transaction. */
  readonly #mended = new Map<number, ChangedBlock>()
  #noted: Set<number> = new Set()
  readonly #words = new IndexWords({
    word: (run, start, end, isSpaceless) => void this.#noted.add(pageOfRun(run, start, end, isSpaceless)),
  })

  /** To be called for what a message was before it was changed or deleted. */
  note(messageKey: number, channelKey: number, content: string): void {
    const { places, pages } = blockIn(this.#blocks, blockOf(messageKey))
    places.add(placeOf(messageKey))
    this.#noted = pages
    scanWords(content, this.#words)
    pages.add(pageOfChannel(channelKey))
  }

  get isEmpty(): boolean {
    return this.#blocks.size === 0
  }

  /** By their blocks, to be mended now. */
  take(): [block: number, changed: ChangedBlock][] {
    const taken = [...this.#blocks]
    this.#blocks.clear()
    for (const changed of taken) noteAll(this.#mended, changed)
    return taken
  }

  /** To be called when the transaction went back to a savepoint: what was mended may be as it was before. */
  noteMendedAgain(): void {
    for (const changed of this.#mended) noteAll(this.#blocks, changed)
    this.#mended.clear()
  }

  /** To be called when a transaction begins. */
  clear(): void {
    this.#blocks.clear()
    this.#mended.clear()
  }
}

function blockIn(blocks: Map<number, ChangedBlock>, block: number): ChangedBlock {
  const known = blocks.get(block)
  if (known !== undefined) return known
  const changed = { places: new Set<number>(), pages: new Set<number>() }
  blocks.set(block, changed)
  return changed
}

function noteAll(blocks: Map<number, ChangedBlock>, [block, changed]: [number, ChangedBlock]): void {
  const { places, pages } = blockIn(blocks, block)
  for (const place of changed.places) places.add(place)
  for (const page of changed.pages) pages.add(page)
}
