import { settledWithin } from './settled-within.js'

/** What must be done in any case gets so long even after the deadline: to end a thread, to close a file. */
const leastMs = 250

/** A point in time by which several steps are to be done. */
export class Deadline {
  readonly #atMs: number

  constructor(milliseconds: number) {
    this.#atMs = performance.now() + milliseconds
  }

  restMs(): number {
    return Math.max(leastMs, this.#atMs - performance.now())
  }

  /** Whether a step settles before the deadline; never rejects. */
  allows(step: Promise<unknown>): Promise<boolean> {
    return settledWithin(this.restMs(), step)
  }
}
