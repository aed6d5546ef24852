/** Does something once at the end of the event loop's turn, however often it is asked for meanwhile. */
export class EndOfTurn {
  readonly #act: () => void
  #isPlanned = false

  constructor(act: () => void) {
    this.#act = act
  }

  plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    queueMicrotask(() => {
      this.#isPlanned = false
      this.#act()
    })
  }
}
