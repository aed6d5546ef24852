import type { ChangePlace } from './change-cursor.js'

const countBytes = 8
const placeBytes = 2 * BigInt64Array.BYTES_PER_ELEMENT

/**
 * Where the stream of changes ends, in memory that all threads of a database share, and a count that grows with each commit, on
 * which they wait. The writer tells it after the COMMIT and before it answers: what was acknowledged lies before the place.
 */
export class CommitSignal {
  readonly buffer: SharedArrayBuffer
  readonly #count: Int32Array<SharedArrayBuffer>
  readonly #place: BigInt64Array<SharedArrayBuffer>

  constructor(buffer = new SharedArrayBuffer(countBytes + placeBytes)) {
    this.buffer = buffer
    this.#count = new Int32Array(buffer, 0, 1)
    this.#place = new BigInt64Array(buffer, countBytes, 2)
  }

  /** 0 where no writer of this process has told anything. */
  get count(): number {
    return Atomics.load(this.#count, 0)
  }

  /** Either part may already be a commit further than the other: what they lie in between is under way. */
  get place(): ChangePlace {
    const [messageKey, changeId] = [Atomics.load(this.#place, 0), Atomics.load(this.#place, 1)]
    return { messageKey: Number(messageKey), changeId: Number(changeId) }
  }

  tell({ messageKey, changeId }: ChangePlace): void {
    Atomics.store(this.#place, 0, BigInt(messageKey))
    Atomics.store(this.#place, 1, BigInt(changeId))
    this.wake()
  }

  /** Has everybody look who waits. */
  wake(): void {
    Atomics.add(this.#count, 0, 1)
    Atomics.notify(this.#count, 0)
  }

  /** Resolves when the count is another one; undefined where it is that already. Keeps no process alive. */
  whenOther(count: number): Promise<unknown> | undefined {
    const { async, value } = Atomics.waitAsync(this.#count, 0, count)
    return async ? value : undefined
  }
}
