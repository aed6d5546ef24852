import type { CommitSignal } from '../../protocol/commit-signal.js'

/** Waits for the next commit, for some time at most, or until it is told to stop. Keeps no process alive. */
export class CommitWaiter {
  readonly #signal: CommitSignal | undefined
  readonly #pollMs: number
  /** There is one at a time: those of waits that are over are gone with the next commit only. */
  #isAsking = false
  #wake: () => void = () => undefined

  /** @param pollMs how soon it looks for commits of other processes, of which no signal tells. */
  constructor(signal: CommitSignal | undefined, pollMs: number) {
    this.#signal = signal
    this.#pollMs = pollMs
  }

  get count(): number {
    return this.#signal?.count ?? 0
  }

  /** Resolves when the count is another one than it was. */
  async waitFrom(count: number): Promise<void> {
    if (this.count !== count) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#pollMs).unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#ask(count)
    })
  }

  /** Ends the wait that is under way. */
  wake(): void {
    this.#wake()
  }

  #ask(count: number): void {
    if (this.#isAsking) return
    const whenOther = this.#signal?.whenOther(count)
    if (whenOther === undefined) {
      if (this.#signal !== undefined) this.#wake()
      return
    }
    this.#isAsking = true
    void whenOther.then(() => {
      this.#isAsking = false
      this.#wake()
    })
  }
}
