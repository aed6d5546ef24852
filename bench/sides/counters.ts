/** What a transaction adds to the counters of its channels or users: one update each at its end, not one a message. */
export class Counters<Key, Time extends number | string> {
  readonly #added = new Map<Key, { count: number; lastActive: Time }>()

  add(key: Key, time: Time): void {
    const added = this.#added.get(key)
    if (added === undefined) {
      this.#added.set(key, { count: 1, lastActive: time })
    } else {
      added.count += 1
      if (time > added.lastActive) added.lastActive = time
    }
  }

  flush(update: (count: number, lastActive: Time, key: Key) => unknown): void {
    for (const [key, { count, lastActive }] of this.#added) update(count, lastActive, key)
    this.#added.clear()
  }
}
