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
