import type { CollectedBlock } from './block-collector.js'
import type { WordState } from './word-state.js'

/** The words of a range of keys of one block, `after` excluded. */
export interface UnindexedBlock extends CollectedBlock {
  readonly block: number
  readonly after: number
  readonly through: number
}

const nothingKnown: WordState = { lastKey: -1, changes: -1 }

/** More are collected into as few as there are blocks. */
const maxPieces = 32

/**
 * What a connection knows of the words that are not in the index: collected when it first looks, and from then on those of messages
 * that came since; anew when one has changed or others were indexed.
 */
export class UnindexedWords {
  #state = nothingKnown
  #through = -1
  #pieces: readonly UnindexedBlock[] = []

  /** Those of a snapshot, up to its last message; `collect` gives those of a range of keys, the first excluded. */
  follow(
    state: WordState,
    through: number,
    collect: (after: number, through: number) => readonly UnindexedBlock[],
  ): readonly UnindexedBlock[] {
    const { lastKey, changes } = this.#state
    const isSame = state.lastKey === lastKey && state.changes === changes && through >= this.#through
    if (isSame && this.#pieces.length < maxPieces) {
      if (through > this.#through) this.#pieces = [...this.#pieces, ...collect(this.#through, through)]
    } else if (!isSame || through > this.#through) {
      this.#pieces = collect(state.lastKey, through)
    }
    this.#state = state
    this.#through = through
    return this.#pieces
  }

  /** To be called where what was collected may have been undone: the same keys may be other messages' by now. */
  forget(): void {
    this.#state = nothingKnown
    this.#through = -1
    this.#pieces = []
  }
}
