import type { Order } from '../../protocol/parameters.js'

/** A message that is not in `channel_messages` yet, nor in the counters. */
export interface UnindexedMessage {
  readonly key: number
  readonly channelKey: number
  readonly userKey: number
  readonly timestamp: number
}

/** How far the places and the counters are filled, in the snapshot looked at. */
export interface IndexState {
  readonly lastKey: number
  readonly changes: number
  /** Messages up to this one are counted for users up to the other one, by a round that is not over. */
  readonly roundKey: number
  readonly countedUserKey: number
}

/** A stretch of one channel, as in a listing: without a key the time itself is excluded; the end always is. */
interface Stretch {
  readonly time: number
  readonly key?: number | undefined
  readonly end: number
}

/**
 * What one connection knows of the messages that are not indexed yet, so that reads see them in their places and
 * counters. It grows until the next indexing empties it; when one of them is changed or deleted, `changes` tells, and it is read
 * anew.
 */
export class UnindexedMessages {
  /** By channel, in order of (timestamp, key). */
  readonly #channels = new Map<number, UnindexedMessage[]>()
  readonly #channelActivity = new Map<number, Activity>()
  readonly #userActivity = new Map<number, Activity>()
  /** By user, in their order. */
  readonly #userMessageKeys = new Map<number, number[]>()
  #indexed: IndexState = { lastKey: -1, changes: -1, roundKey: 0, countedUserKey: 0 }
  #lastKey = -1
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Follows a newer snapshot; `readAfter` gives its messages with keys beyond the one it is given, in order. */
  follow(indexed: IndexState, readAfter: (key: number) => readonly UnindexedMessage[]): void {
    const { lastKey, changes } = this.#indexed
    if (indexed.lastKey !== lastKey || indexed.changes !== changes) {
      // What was indexed since is nearly always the first part of what is known, and nothing of the rest has changed.
      const isGoingOn = indexed.changes === changes && indexed.lastKey > lastKey
      const left = isGoingOn ? this.#messagesBehind(indexed.lastKey) : []
      this.#forget()
      this.#lastKey = indexed.lastKey
      for (const message of left) this.#add(message)
    }
    this.#indexed = indexed
    for (const message of readAfter(this.#lastKey)) this.#add(message)
  }

  channelActivity(channelKey: number): Activity | undefined {
    return this.#channelActivity.get(channelKey)
  }

  /** What has to be added to the user's row, whose counter may have some of it. */
  userActivity(userKey: number): Activity | undefined {
    const { roundKey, countedUserKey } = this.#indexed
    const activity = this.#userActivity.get(userKey)
    if (activity === undefined || userKey > countedUserKey) return activity
    const keys = this.#userMessageKeys.get(userKey) ?? []
    return { ...activity, count: keys.filter((key) => key > roundKey).length }
  }

  /** The keys of those who wrote any. */
  activeUsers(): Iterable<number> {
    return this.#userActivity.keys()
  }

  /** Up to `limit` messages of a channel from a place on. */
  list(channelKey: number, order: Order, stretch: Stretch, limit: number): UnindexedMessage[] {
    const messages = this.#channels.get(channelKey) ?? []
    const [isBeyond, step, first] =
      order === 'desc' ? [isBefore(stretch), -1, messages.length - 1] : [isAfter(stretch), 1, 0]
    const found: UnindexedMessage[] = []
    for (let index = first; found.length < limit; index += step) {
      const message = messages[index]
      if (message === undefined || isPast(order, stretch.end, message)) break
      if (isBeyond(message)) found.push(message)
    }
    return found
  }

  /** A user's, in all channels or in one. */
  ofUser(userKey: number, channelKey: number | undefined): UnindexedMessage[] {
    if (!this.#userActivity.has(userKey)) return []
    return this.#listsOf(channelKey)
      .flat()
      .filter((message) => message.userKey === userKey)
  }

  /** How many there are between two times, both exclusive, in one channel or in all. */
  count(channelKey: number | undefined, after: number, before: number): number {
    return this.#listsOf(channelKey)
      .flat()
      .filter(({ timestamp }) => timestamp > after && timestamp < before).length
  }

  #listsOf(channelKey: number | undefined): UnindexedMessage[][] {
    return channelKey === undefined ? [...this.#channels.values()] : [this.#channels.get(channelKey) ?? []]
  }

  /** In order of their keys. */
  #messagesBehind(key: number): UnindexedMessage[] {
    return this.#listsOf(undefined)
      .flat()
      .filter((message) => message.key > key)
      .toSorted((one, other) => one.key - other.key)
  }

  #add(message: UnindexedMessage): void {
    const { key, channelKey, userKey, timestamp } = message
    const messages = this.#channels.get(channelKey)
    if (messages === undefined) this.#channels.set(channelKey, [message])
    else insertInOrder(messages, message)
    note(this.#channelActivity, channelKey, timestamp)
    note(this.#userActivity, userKey, timestamp)
    const keys = this.#userMessageKeys.get(userKey)
    if (keys === undefined) this.#userMessageKeys.set(userKey, [key])
    else keys.push(key)
    this.#lastKey = key
    this.#size += 1
  }

  #forget(): void {
    this.#channels.clear()
    this.#channelActivity.clear()
    this.#userActivity.clear()
    this.#userMessageKeys.clear()
    this.#size = 0
  }
}

/** Keys come in rising order, so equal times keep theirs; times nearly always do too. */
function insertInOrder(messages: UnindexedMessage[], message: UnindexedMessage): void {
  const index = messages.findLastIndex(({ timestamp }) => timestamp <= message.timestamp) + 1
  if (index === messages.length) messages.push(message)
  else messages.splice(index, 0, message)
}

const isBefore =
  ({ time, key }: Stretch) =>
  (message: UnindexedMessage): boolean =>
    message.timestamp < time || (message.timestamp === time && key !== undefined && message.key < key)

const isAfter =
  ({ time, key }: Stretch) =>
  (message: UnindexedMessage): boolean =>
    message.timestamp > time || (message.timestamp === time && key !== undefined && message.key > key)

const isPast = (order: Order, end: number, { timestamp }: UnindexedMessage): boolean =>
  order === 'desc' ? timestamp <= end : timestamp >= end

/** What messages add up to, for one channel or user. */
export interface Activity {
  count: number
  earliest: number
  latest: number
}

/** Adds one message. */
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
