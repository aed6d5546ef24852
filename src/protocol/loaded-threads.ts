/** Threads of a pool are so few that two of them hardly ever share a place. */
const places = 256

/**
 * Which threads of a pool have loaded SQLite's native code, in memory that they share with who ends them: one that is ended meanwhile
 * takes the whole process along.
 */
export class LoadedThreads {
  readonly buffer: SharedArrayBuffer
  readonly #threadIds: Int32Array<SharedArrayBuffer>

  constructor(buffer = new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#threadIds = new Int32Array(buffer)
  }

  note(threadId: number): void {
    Atomics.store(this.#threadIds, threadId % places, threadId)
  }

  has(threadId: number): boolean {
    return Atomics.load(this.#threadIds, threadId % places) === threadId
  }
}
