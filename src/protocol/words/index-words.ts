import type { Run, RunSink } from './scan-words.js'

/** Takes the words of a text, as code points of a run that is overwritten by the next one. */
export interface WordSink {
  word(run: Run, start: number, end: number, isSpaceless: boolean): void
}

/** Gives the words that the index has of each run. */
export class IndexWords implements RunSink {
  /** How many words and characters there were, each counted once. */
  count = 0
  readonly #sink: WordSink

  constructor(sink: WordSink) {
    this.#sink = sink
  }

  run(run: Run, isSpaceless: boolean): void {
    const { length } = run
    if (!isSpaceless) {
      this.count += 1
      this.#sink.word(run, 0, length, false)
      return
    }
    this.count += length
    // The last one stands alone, so that each character begins a word.
    for (let at = 0; at < length; at += 1) this.#sink.word(run, at, Math.min(at + 2, length), true)
  }
}
