/**
 * Ends calls that nobody will answer any more. Comlink never rejects when the peer is gone, and racing every call
 * against one long-lived promise would keep each of them in memory; this forgets a call once it is answered.
 */
export class PendingRejections {
  readonly #rejects = new Set<(reason: Error) => void>()
  #reason: Error | undefined

  /** The promise, or the reason for the end where that comes first. */
  guard<Value>(promise: Promise<Value>): Promise<Value> {
    const reason = this.#reason
    if (reason !== undefined) {
      promise.catch(() => 'given up already')
      return Promise.reject(reason)
    }
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject)
      promise.then(resolve, reject).finally(() => this.#rejects.delete(reject))
    })
  }

  get reason(): Error | undefined {
    return this.#reason
  }

  /** Rejects what is pending and all that comes later; the first reason stays. */
  end(reason: Error): void {
    this.#reason ??= reason
    for (const reject of this.#rejects) reject(this.#reason)
    this.#rejects.clear()
  }
}
