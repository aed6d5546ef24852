/** A time that several waits share, so that all of them together take no longer. */
export class Deadline {
  readonly #atMs: number

  constructor(inMs: number) {
    this.#atMs = performance.now() + inMs
  }

  /** Whole milliseconds that are left; 0 when it is over. */
  get restMs(): number {
    return Math.max(0, Math.round(this.#atMs - performance.now()))
  }
}

const nobodyWakes = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** Holds this thread for some milliseconds. */
export function pause(milliseconds: number): void {
  Atomics.wait(nobodyWakes, 0, 0, milliseconds)
}
