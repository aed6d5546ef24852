/** The greatest of many scores, with a number each: a heap whose root is the least of them (https://en.wikipedia.org/wiki/Binary_heap). */
export class Best {
  readonly #capacity: number
  readonly #scores: number[] = []
  readonly #numbers: number[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** What a score has to be above to come in. */
  get threshold(): number {
    return this.#scores.length < this.#capacity
      ? Number.NEGATIVE_INFINITY
      : (this.#scores[0] ?? Number.POSITIVE_INFINITY)
  }

  get numbers(): readonly number[] {
    return this.#numbers
  }

  offer(score: number, number: number): void {
    if (score <= this.threshold) return
    if (this.#scores.length < this.#capacity) this.#rise(score, number)
    else this.#sink(score, number)
  }

  #rise(score: number, number: number): void {
    let at = this.#scores.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((this.#scores[parent] ?? 0) <= score) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, score, number)
  }

  /** In the place of the least one. */
  #sink(score: number, number: number): void {
    const { length } = this.#scores
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= length) break
      const right = left + 1
      const child = right < length && (this.#scores[right] ?? 0) < (this.#scores[left] ?? 0) ? right : left
      if ((this.#scores[child] ?? 0) >= score) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, score, number)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#scores[from] ?? 0, this.#numbers[from] ?? 0)
  }

  #put(at: number, score: number, number: number): void {
    this.#scores[at] = score
    this.#numbers[at] = number
  }
}
