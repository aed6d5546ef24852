import type { ChangeEvent } from '../../protocol/models.js'
import type { ChangeBatch } from './change-batch.js'
import { ChangeQueue } from './change-queue.js'

export type Next = IteratorResult<ChangeEvent, undefined>
interface Taker {
  readonly resolve: (next: Next) => void
  readonly reject: (error: unknown) => void
}

const end: Next = { done: true, value: undefined }

/** Between who gives changes and who takes them: one of both waits. */
export class Inbox {
  readonly #onTaken: (event: ChangeEvent) => void
  readonly #queue = new ChangeQueue()
  #takers: Taker[] = []
  #isOver = false
  /** Told once; behind it is the end. */
  #failure: unknown

  constructor(onTaken: (event: ChangeEvent) => void) {
    this.#onTaken = onTaken
  }

  get length(): number {
    return this.#queue.length
  }

  get bytes(): number {
    return this.#queue.bytes
  }

  get isAwaited(): boolean {
    return this.#takers.length > 0
  }

  put(batch: ChangeBatch): void {
    this.#queue.push(batch)
    while (this.isAwaited) {
      const event = this.#takeNow()
      if (event === undefined) return
      this.#takers.shift()?.resolve({ done: false, value: event })
    }
  }

  take(): Promise<Next> {
    const event = this.isAwaited ? undefined : this.#takeNow()
    if (event !== undefined) return Promise.resolve({ done: false, value: event })
    if (!this.#isOver) return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }))
    const failure = this.#failure
    this.#failure = undefined
    return failure === undefined ? Promise.resolve(end) : Promise.reject(failure)
  }

  /** What was not taken is gone. Of those who wait the first is told of the failure, if there is one; the others find the end. */
  end(failure?: unknown): void {
    this.#isOver = true
    this.#queue.drain()
    const [first, ...others] = this.#takers
    this.#takers = []
    if (failure === undefined) first?.resolve(end)
    else if (first === undefined) this.#failure = failure
    else first.reject(failure)
    for (const other of others) other.resolve(end)
  }

  #takeNow(): ChangeEvent | undefined {
    const event = this.#queue.take()
    if (event !== undefined) this.#onTaken(event)
    return event
  }
}
