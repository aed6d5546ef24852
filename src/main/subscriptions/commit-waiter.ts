import type { CommitSignal } from '../../protocol/commit-signal.js'

/** For commits of other processes, of which no signal tells. */
const pollMs = 1_000

/** Waits for the next commit, for some time at most, or until it is told to stop. Keeps no process alive. */
export class CommitWaiter {
  readonly #signal: CommitSignal | undefined
  /** There is one at a time: those of waits that are over are gone with the next commit only. */
  #isAsking = false
  #wake: () => void = () => undefined

  constructor(signal: CommitSignal | undefined) {
    this.#signal = signal
  }

  get count(): number {
    return this.#signal?.count ?? 0
  }

  /** Resolves when the count is another one than it was. */
  async waitFrom(count: number): Promise<void> {
    if (this.count !== count) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs).unref()
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
