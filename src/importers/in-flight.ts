export interface InFlightLimits {
  readonly maxCalls: number
  /** A larger call goes alone. */
  readonly maxBytes: number
}

/** Calls under way at the same time, bounded in number and in bytes. It serves one caller. */
export class InFlight {
  readonly #limits: InFlightLimits
  readonly #onFailure: () => void
  #calls = 0
  #bytes = 0
  #failure: { readonly error: unknown } | undefined
  #notify: (() => void) | undefined

  /** @param onFailure is told when a call fails: no other will be started. */
  constructor(limits: InFlightLimits, onFailure: () => void) {
    this.#limits = limits
    this.#onFailure = onFailure
  }

  /**
   * Starts a call as soon as there is room for it.
   *
   * @throws the error of an earlier call, once all have ended
   */
  async start(bytes: number, call: () => Promise<void>): Promise<void> {
    while (!this.#hasRoomFor(bytes)) await this.#anyFinished()
    if (this.#failure !== undefined) await this.settle()
    this.#calls += 1
    this.#bytes += bytes
    void this.#follow(bytes, call)
  }

  /**
   * Waits for all calls under way.
   *
   * @throws the error of the first that failed, once all have ended
   */
  async settle(): Promise<void> {
    while (this.#calls > 0) await this.#anyFinished()
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #hasRoomFor(bytes: number): boolean {
    const { maxCalls, maxBytes } = this.#limits
    return this.#calls === 0 || (this.#calls < maxCalls && this.#bytes + bytes <= maxBytes)
  }

  async #follow(bytes: number, call: () => Promise<void>): Promise<void> {
    try {
      await call()
    } catch (error) {
      this.#failure ??= { error }
      this.#onFailure()
    }
    this.#calls -= 1
    this.#bytes -= bytes
    this.#notify?.()
  }

  #anyFinished(): Promise<void> {
    return new Promise((resolve) => {
      this.#notify = resolve
    })
  }
}
