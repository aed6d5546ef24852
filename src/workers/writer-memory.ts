/** What a batch's inserted messages add up to, for one channel or user. */
export interface Activity {
  count: number
  earliest: number
  latest: number
}

/** Keys of one table by their ids, forgotten when there are too many. */
class KeyMemory {
  readonly #keys = new Map<string, number>()

  get(id: string): number | undefined {
    return this.#keys.get(id)
  }

  set(id: string, key: number): void {
    if (this.#keys.size >= maxRememberedKeys) this.#keys.clear()
    this.#keys.set(id, key)
  }

  clear(): void {
    this.#keys.clear()
  }
}

/** A few hundred bytes each. */
const maxRememberedKeys = 100_000

/**
 * What the writer remembers between statements, so that a message costs one. It must be forgotten whenever the file may
 * have changed behind it: after a rollback, after a lease, and when another connection has committed.
 */
export class WriterMemory {
  readonly channelKeys = new KeyMemory()
  readonly userKeys = new KeyMemory()
  /** Inserted messages not yet added to the counters, by channel key and by user key. */
  readonly channelActivity = new Map<number, Activity>()
  readonly userActivity = new Map<number, Activity>()
  /** The key of the next message, where it is known. */
  nextMessageKey: number | undefined
  /** SQLite's `data_version` when all this was true. */
  dataVersion: number | undefined

  noteMessage(channelKey: number, userKey: number, timestamp: number): void {
    note(this.channelActivity, channelKey, timestamp)
    note(this.userActivity, userKey, timestamp)
  }

  forget(): void {
    this.channelKeys.clear()
    this.userKeys.clear()
    this.channelActivity.clear()
    this.userActivity.clear()
    this.nextMessageKey = undefined
    this.dataVersion = undefined
  }
}

function note(activities: Map<number, Activity>, key: number, timestamp: number): void {
  const activity = activities.get(key)
  if (activity === undefined) {
    activities.set(key, { count: 1, earliest: timestamp, latest: timestamp })
    return
  }
  activity.count += 1
  if (timestamp > activity.latest) activity.latest = timestamp
  if (timestamp < activity.earliest) activity.earliest = timestamp
}
