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

/** Whether a promise settles in time; never rejects. */
export async function settledWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), milliseconds)))
  const settled = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, timeUp])
  } finally {
    clearTimeout(timer)
  }
}
