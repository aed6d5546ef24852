/** How many messages may wait while others are stored fast. A search reads the texts of those by itself; of 32,768 it would say so and give up. */
const maxWaiting = 4_096
/** Messages that come faster are stored first: indexing takes as much of the processors as storing does. */
const fastPerMs = 5
/** In less time nothing is known of how fast they come. */
const leastMs = 50

/** Decides whether what waits to be indexed may wait longer. */
export class IndexingPace {
  #lookedAtMs = -Infinity
  #waiting = 0
  #indexed = 0
  #mayWait = false

  /** Whether it is time to look how many wait. */
  isToLook(nowMs: number): boolean {
    return nowMs - this.#lookedAtMs >= leastMs
  }

  /** @param waiting how many messages wait, of whatever process */
  look(waiting: number, nowMs: number): void {
    const come = waiting - this.#waiting + this.#indexed
    const isFast = come > fastPerMs * (nowMs - this.#lookedAtMs)
    this.#mayWait = isFast && waiting < maxWaiting
    this.#lookedAtMs = nowMs
    this.#waiting = waiting
    this.#indexed = 0
  }

  get mayWait(): boolean {
    return this.#mayWait
  }

  /** To be called with how many messages were indexed. */
  note(count: number): void {
    this.#indexed += count
  }
}
