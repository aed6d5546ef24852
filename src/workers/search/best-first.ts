/** Gives indices by falling value and, among equals, falling: a heap, since of many only the first are wanted. */
export class BestFirst {
  readonly #values: Float64Array
  readonly #heap: Uint32Array
  #size: number

  constructor(values: Float64Array) {
    this.#values = values
    this.#size = values.length
    this.#heap = new Uint32Array(values.length)
    for (let index = 0; index < values.length; index += 1) this.#heap[index] = index
    for (let at = (this.#size >>> 1) - 1; at >= 0; at -= 1) this.#sink(at)
  }

  /** The next one, which stays; undefined when there is none. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#heap[0]
  }

  removeFirst(): void {
    this.#size -= 1
    this.#heap[0] = this.#heap[this.#size] ?? 0
    this.#sink(0)
  }

  #isBefore(one: number, other: number): boolean {
    const difference = (this.#values[one] ?? 0) - (this.#values[other] ?? 0)
    return difference > 0 || (difference === 0 && one > other)
  }

  #sink(start: number): void {
    const heap = this.#heap
    const item = heap[start] ?? 0
    let at = start
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && this.#isBefore(heap[child + 1] ?? 0, heap[child] ?? 0)) child += 1
      if (!this.#isBefore(heap[child] ?? 0, item)) break
      heap[at] = heap[child] ?? 0
      at = child
    }
    heap[at] = item
  }
}
