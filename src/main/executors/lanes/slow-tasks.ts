interface Running {
  readonly startedAtMs: number
  readonly controller: AbortController
  /** Whether somebody has given up waiting for it. */
  readonly isGivenUp: () => boolean
  givenUpSinceMs: number | undefined
}

const lookEveryMs = 250
/** A thread whose caller has given up gets so long to answer all the same: starting another one takes a while too. */
const graceMs = 1_000

/**
 * Watches tasks that run in native code, which nothing can interrupt: one that takes too long, or that nobody waits for any
 * more, has its thread taken from it.
 */
export class SlowTasks {
  readonly #timeoutMs: number
  readonly #running = new Set<Running>()
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Runs a task with the signal that ends its thread. */
  async watch<Value>(isGivenUp: () => boolean, run: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const controller = new AbortController()
    const running = { startedAtMs: performance.now(), controller, isGivenUp, givenUpSinceMs: undefined }
    this.#running.add(running)
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref()
    try {
      return await run(controller.signal)
    } finally {
      this.#running.delete(running)
    }
  }

  /** The age of the oldest task, in milliseconds; 0 when there is none. */
  oldestMs(): number {
    const [oldest] = this.#running
    return oldest === undefined ? 0 : performance.now() - oldest.startedAtMs
  }

  /** Takes the threads of all that runs. */
  abandon(): void {
    for (const { controller } of this.#running) controller.abort()
  }

  #look(): void {
    const nowMs = performance.now()
    for (const running of this.#running) {
      if (running.isGivenUp()) running.givenUpSinceMs ??= nowMs
      const isLate = nowMs - running.startedAtMs > this.#timeoutMs
      if (isLate || nowMs - (running.givenUpSinceMs ?? nowMs) > graceMs) running.controller.abort()
    }
    if (this.#running.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
