import type { WordState } from './word-state.js'

/** The words of one block's messages that are not in the index: collected, and kept until one of them changes. */
export interface CollectedWords {
  readonly block: number
  readonly after: number
  readonly through: number
  readonly pages: ReadonlyMap<number, Uint8Array>
  readonly lengths: Uint8Array
  readonly messages: number
  readonly words: number
  readonly earliest: number
  readonly latest: number
}

/** What a connection knows of the words that are not in the index, while none of their messages changes and none comes. */
export class UnindexedWords {
  #state: WordState = { lastKey: -1, changes: -1 }
  #through = -1
  #blocks: readonly CollectedWords[] = []

  /** Those of a snapshot, up to its last message. */
  follow(
    state: WordState,
    through: number,
    collect: () => readonly CollectedWords[],
  ): readonly CollectedWords[] {
    const isSame = state.lastKey === this.#state.lastKey && state.changes === this.#state.changes
    if (!isSame || through !== this.#through) {
      this.#blocks = collect()
      this.#state = state
      this.#through = through
    }
    return this.#blocks
  }
}
