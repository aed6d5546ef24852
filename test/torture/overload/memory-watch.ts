const everyMs = 100

/** The most memory this process has used since it began to watch, beyond what it used then. */
export class MemoryWatch {
  readonly #before = process.memoryUsage()
  readonly #timer = setInterval(() => this.#look(), everyMs)
  #heapBytes = 0
  #rssBytes = 0

  #look(): void {
    const { heapUsed, external, rss } = process.memoryUsage()
    const heapBytes = heapUsed + external - this.#before.heapUsed - this.#before.external
    this.#heapBytes = Math.max(this.#heapBytes, heapBytes)
    this.#rssBytes = Math.max(this.#rssBytes, rss - this.#before.rss)
  }

  stop() {
    clearInterval(this.#timer)
    this.#look()
    return { heapGrowthBytes: this.#heapBytes, rssGrowthBytes: this.#rssBytes }
  }
}
