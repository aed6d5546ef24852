/** Work that yields when it has gone on for some milliseconds, so that whoever runs it can let others have their turn. */
export type Steps<Value> = Generator<undefined, Value, undefined>

/** How long the work between two turns may take: enough to get on, short enough that nobody notices. */
const stepMs = 4
/** Asking the clock costs as much as a small item does. */
const asksPerLook = 8

/** Says when it is time to yield. */
export class Pace {
  #endMs = performance.now() + stepMs
  #asks = 0

  isOver(): boolean {
    this.#asks += 1
    return this.#asks % asksPerLook === 0 && performance.now() > this.#endMs
  }

  /** As `isOver`, after something that is not small. */
  isOverNow(): boolean {
    return performance.now() > this.#endMs
  }

  /** To be called after each yield. */
  restart(): void {
    this.#endMs = performance.now() + stepMs
  }
}

/** Does all of it at once, where nobody else waits for a turn. */
export function finishNow<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
