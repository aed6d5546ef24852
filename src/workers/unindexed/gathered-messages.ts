/** What places and counters take from a stored message. */
export interface GatheredMessage {
  readonly key: number
  readonly channelKey: number
  readonly userKey: number
  readonly timestamp: number
  readonly messageType: string
}

/** Twice as many as may stay unindexed: those of a round of indexing, and those that come meanwhile. */
export const gatheredCapacity = 16_384
/** So that an owner's key and the number of a message fit in one exact number. */
const maxOwnerKey = Math.floor(Number.MAX_SAFE_INTEGER / gatheredCapacity) - 1

/** Each holds a value of every message, in order of their keys. */
export interface Columns {
  readonly channelKeys: Float64Array
  readonly userKeys: Float64Array
  readonly timestamps: Float64Array
}

const emptyColumns = (): Columns => ({
  channelKeys: new Float64Array(gatheredCapacity),
  userKeys: new Float64Array(gatheredCapacity),
  timestamps: new Float64Array(gatheredCapacity),
})

/** The messages that the writer has stored since it last indexed, as they came: what is to be indexed need not be read again. */
export class GatheredMessages {
  /** Of messages of other types than the usual one, by their keys. */
  readonly #types = new Map<number, string>()
  #columns: Columns | undefined
  #after = 0
  #length = 0
  #changes = 0

  get length(): number {
    return this.#length
  }

  get firstKey(): number {
    return this.#after + 1
  }

  /** How many changes of unindexed messages there had been when it began. After another one it does not say what is stored. */
  get changes(): number {
    return this.#changes
  }

  /** Whether it holds all messages behind one key, up to another. */
  isAll(after: number, through: number): boolean {
    return this.#length > 0 && this.#after === after && this.#after + this.#length === through
  }

  goesOnWith(key: number): boolean {
    return this.#length > 0 && this.#after + this.#length + 1 === key
  }

  /** Begins behind a key, with nothing. */
  begin(after: number, changes: number): void {
    this.#after = after
    this.#changes = changes
  }

  /** Takes the message behind the last one; it begins anew with the next indexing where there are too many. */
  add({ key, channelKey, userKey, timestamp, messageType }: GatheredMessage): void {
    if (this.#length === gatheredCapacity || Math.max(channelKey, userKey) > maxOwnerKey) {
      this.clear()
      return
    }
    const { channelKeys, userKeys, timestamps } = (this.#columns ??= emptyColumns())
    channelKeys[this.#length] = channelKey
    userKeys[this.#length] = userKey
    timestamps[this.#length] = timestamp
    if (messageType !== 'message') this.#types.set(key, messageType)
    this.#length += 1
  }

  /** Of all messages; they are not copies. */
  columns(): Columns {
    const { channelKeys, userKeys, timestamps } = (this.#columns ??= emptyColumns())
    const whole = (column: Float64Array): Float64Array => column.subarray(0, this.#length)
    return { channelKeys: whole(channelKeys), userKeys: whole(userKeys), timestamps: whole(timestamps) }
  }

  /** The message of a number: the first is 0. */
  at(number: number): GatheredMessage {
    const key = this.#after + 1 + number
    return {
      key,
      channelKey: this.#columns?.channelKeys[number] ?? 0,
      userKey: this.#columns?.userKeys[number] ?? 0,
      timestamp: this.#columns?.timestamps[number] ?? 0,
      messageType: this.#types.get(key) ?? 'message',
    }
  }

  /** Forgets the first ones, which are indexed now. */
  drop(count: number): void {
    for (const column of Object.values(this.#columns ?? {})) column.copyWithin(0, count, this.#length)
    this.#after += count
    this.#length -= count
    for (const key of this.#types.keys()) if (key <= this.#after) this.#types.delete(key)
  }

  clear(): void {
    this.#types.clear()
    this.#length = 0
  }
}
