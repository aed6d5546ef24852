import type { ChangeEvent } from '../../protocol/models.js'
import type { ChangeBatch } from './change-batch.js'

/** What waits for one subscriber, in order. */
export class ChangeQueue {
  #batches: ChangeBatch[] = []
  /** Of the first batch: how many were taken. */
  #taken = 0
  #length = 0
  #bytes = 0

  get length(): number {
    return this.#length
  }

  get bytes(): number {
    return this.#bytes
  }

  push(batch: ChangeBatch): void {
    if (batch.events.length === 0) return
    this.#batches.push(batch)
    this.#length += batch.events.length
    this.#bytes += batch.totalBytes
  }

  take(): ChangeEvent | undefined {
    const [first] = this.#batches
    const event = first?.events[this.#taken]
    if (first === undefined || event === undefined) return undefined
    this.#length -= 1
    this.#bytes -= first.bytes[this.#taken] ?? 0
    this.#taken += 1
    if (this.#taken === first.events.length) {
      this.#batches.shift()
      this.#taken = 0
    }
    return event
  }

  /** Empties it and gives what was in it. */
  drain(): readonly ChangeBatch[] {
    const batches = this.#batches.map((batch, index) =>
      index > 0 || this.#taken === 0
        ? batch
        : {
            events: batch.events.slice(this.#taken),
            bytes: batch.bytes.slice(this.#taken),
            totalBytes: batch.bytes.slice(this.#taken).reduce((sum, each) => sum + each, 0),
          },
    )
    this.#batches = []
    this.#taken = this.#length = this.#bytes = 0
    return batches
  }
}
