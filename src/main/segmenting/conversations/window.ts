import type { Said } from './said.js'

/** A message that was decided about. */
export interface Recent {
  readonly said: Said
  readonly segmentId: string
}

/** The last messages, and by which words they are found. */
export class Window {
  readonly #entries: Recent[] = []
  readonly #names = new Map<string, number>()
  /** The entries that hold a word, oldest first. */
  readonly #holders = new Map<string, Recent[]>()

  /** Oldest first. */
  get entries(): readonly Recent[] {
    return this.#entries
  }

  add(entry: Recent): void {
    this.#entries.push(entry)
    for (const name of entry.said.names) this.#names.set(name, (this.#names.get(name) ?? 0) + 1)
    for (const word of entry.said.words) {
      const holders = this.#holders.get(word)
      if (holders === undefined) this.#holders.set(word, [entry])
      else holders.push(entry)
    }
  }

  dropOldest(): void {
    const oldest = this.#entries.shift()
    for (const name of oldest?.said.names ?? []) {
      const count = (this.#names.get(name) ?? 0) - 1
      if (count > 0) this.#names.set(name, count)
      else this.#names.delete(name)
    }
    for (const word of oldest?.said.words ?? []) {
      const holders = this.#holders.get(word)
      holders?.shift()
      if (holders?.length === 0) this.#holders.delete(word)
    }
  }

  /** Whether somebody who has spoken is called so. */
  isName(word: string): boolean {
    return this.#names.has(word)
  }

  /** Those who used the word. */
  holdersOf(word: string): readonly Recent[] {
    return this.#holders.get(word) ?? []
  }
}
