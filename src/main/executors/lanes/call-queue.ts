interface Call {
  readonly isSettled: boolean
}

/** So many calls that were given up may stay before the rest moves up. */
const slack = 1024

/**
 * Waiting calls, first in, first out, in an array: a set costs as much as all the rest of a call. A call that was given
 * up is settled, and passed over when its turn comes.
 */
export class CallQueue<Waiting extends Call> {
  #calls: (Waiting | undefined)[] = []
  #first = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  add(call: Waiting): void {
    this.#calls.push(call)
    this.#size += 1
  }

  /** The call whose turn it is. */
  peek(): Waiting | undefined {
    while (this.#first < this.#calls.length && this.#calls[this.#first]?.isSettled !== false) this.#first += 1
    return this.#calls[this.#first]
  }

  /** Removes the call whose turn it is. */
  shift(): void {
    this.#calls[this.#first] = undefined
    this.#first += 1
    this.#size -= 1
    this.#moveUp()
  }

  /** Notes that a waiting call was given up. */
  forgetOne(): void {
    this.#size -= 1
    this.#moveUp()
  }

  #moveUp(): void {
    if (this.#calls.length <= 2 * this.#size + slack) return
    this.#calls = this.#calls.filter((call) => call?.isSettled === false)
    this.#first = 0
  }
}
