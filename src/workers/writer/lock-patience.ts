import type { Connection } from '../connection/connection.js'

/** Enough for a program that commits often, little enough not to add up. */
const shortMs = 100

/**
 * How long the writer waits for the locks of other programs. It waits in one thread for all calls: where one has waited in
 * vain, those behind it have waited, too, and the same again for each of them would add up to many times `busyTimeoutMs`.
 */
export class LockPatience {
  readonly #busyTimeoutMs: number
  #lastBusyAtMs = Number.NEGATIVE_INFINITY
  #waitedInVain = false

  constructor(busyTimeoutMs: number) {
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** To be called before a transaction. */
  prepare(connection: Connection): void {
    const isShort = performance.now() - this.#lastBusyAtMs < this.#busyTimeoutMs
    if (!isShort && !this.#waitedInVain) return
    this.#waitedInVain = isShort
    this.#set(connection, isShort ? Math.min(shortMs, this.#busyTimeoutMs) : this.#busyTimeoutMs)
  }

  /** To be told whether a transaction ended with `BUSY`. */
  note(wasBusy: boolean): void {
    this.#lastBusyAtMs = wasBusy ? performance.now() : Number.NEGATIVE_INFINITY
  }

  /** Runs what can as well be done later. */
  withoutWaiting<Value>(connection: Connection, work: () => Value): Value {
    this.#set(connection, 0)
    try {
      return work()
    } finally {
      this.#set(connection, this.#busyTimeoutMs)
    }
  }

  #set(connection: Connection, milliseconds: number): void {
    connection.pragma(`busy_timeout = ${milliseconds}`)
  }
}
