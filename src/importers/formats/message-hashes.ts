import { createHash } from 'node:crypto'

/** So many different messages are remembered. */
const maxRemembered = 100_000

/**
 * Ids for messages that have none: they are made of what a message says, so that they are the same whenever it is read. Of equal
 * messages each is told apart by which of them it is.
 */
export class MessageHashes {
  readonly #times = new Map<string, number>()

  /** @param parts of which an id is made: the channel, the time, the author, the text. */
  next(parts: readonly string[]): string {
    const first = hash(parts)
    const before = this.#times.get(first) ?? 0
    // Those that were seen last are kept longest.
    this.#times.delete(first)
    this.#times.set(first, before + 1)
    if (this.#times.size > maxRemembered) this.#forgetOldest()
    return before === 0 ? first : hash([...parts, String(before)])
  }

  #forgetOldest(): void {
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest)
      return
    }
  }
}

/** 128 bits of a hash of texts, in which it matters where one ends. */
const hash = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
