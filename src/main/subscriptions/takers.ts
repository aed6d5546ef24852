import type { ChangeEvent } from '../../protocol/models.js'

type Next = IteratorResult<ChangeEvent, undefined>
interface Taker {
  readonly resolve: (next: Next) => void
  readonly reject: (error: unknown) => void
}

/** Those who wait for the next change, in the order in which they asked. */
export class Takers {
  #waiting: Taker[] = []

  get length(): number {
    return this.#waiting.length
  }

  add(): Promise<Next> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  give(event: ChangeEvent): void {
    this.#waiting.shift()?.resolve({ done: false, value: event })
  }

  /** The first is told why; those behind it find the end. Whether there was a first. */
  end(error: unknown): boolean {
    const [first, ...others] = this.#waiting
    this.#waiting = []
    if (error === undefined) first?.resolve({ done: true, value: undefined })
    else first?.reject(error)
    for (const other of others) other.resolve({ done: true, value: undefined })
    return first !== undefined
  }
}
