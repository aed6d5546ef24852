import type { CollectedBlock } from './block-collector.js'
import type { WordState } from './word-state.js'

/** The words of a range of keys of one block, `after` excluded. */
export interface UnindexedBlock extends CollectedBlock {
  readonly block: number
  readonly after: number
  readonly through: number
}

/** What a connection knows of the words that are not in the index, while none of their messages changes and none comes. */
export class UnindexedWords {
  #state: WordState = { lastKey: -1, changes: -1 }
  #through = -1
  #blocks: readonly UnindexedBlock[] = []

  /** Those of a snapshot, up to its last message. */
  follow(
    state: WordState,
    through: number,
    collect: () => readonly UnindexedBlock[],
  ): readonly UnindexedBlock[] {
    const isSame = state.lastKey === this.#state.lastKey && state.changes === this.#state.changes
    if (!isSame || through !== this.#through) {
      this.#blocks = collect()
      this.#state = state
      this.#through = through
    }
    return this.#blocks
  }
}
