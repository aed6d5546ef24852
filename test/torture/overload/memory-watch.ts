const everyMs = 100

/** The most memory this process has used since it began to watch, beyond what it used then. */
export class MemoryWatch {
  readonly #before = process.memoryUsage()
  readonly #timer = setInterval(() => this.#look(), everyMs)
  readonly #heapBytes: number[] = []
  #rssBytes = 0

  #look(): void {
    const { heapUsed, external, rss } = process.memoryUsage()
    this.#heapBytes.push(heapUsed + external - this.#before.heapUsed - this.#before.external)
    this.#rssBytes = Math.max(this.#rssBytes, rss - this.#before.rss)
  }

  stop() {
    clearInterval(this.#timer)
    this.#look()
    const half = this.#heapBytes.length >> 1
    const early = Math.max(0, ...this.#heapBytes.slice(0, half))
    const late = Math.max(0, ...this.#heapBytes.slice(half))
    return {
      heapGrowthBytes: Math.max(early, late),
      lateHeapGrowthBytes: late - early,
      rssGrowthBytes: this.#rssBytes,
    }
  }
}
