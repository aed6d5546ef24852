import { Owners } from './changes.js'

/** How many messages there are, and of which times. */
export interface Sum {
  count: number
  /** Of the one that was stored first. */
  first: number
  earliest: number
  latest: number
}

/** Whose message, where and when. */
export interface CountedMessage {
  readonly channelId: string
  readonly userId: string
  readonly timestamp: number
}

type Sums = Map<string, Sum>

function note(sums: Sums, id: string, timestamp: number): void {
  const sum = sums.get(id)
  if (sum === undefined) {
    sums.set(id, { count: 1, first: timestamp, earliest: timestamp, latest: timestamp })
    return
  }
  sum.count += 1
  sum.earliest = Math.min(sum.earliest, timestamp)
  sum.latest = Math.max(sum.latest, timestamp)
}

const count = (counts: Map<string, number>, id: string): void =>
  void counts.set(id, (counts.get(id) ?? 0) + 1)

/**
 * What a transaction's messages bring to their channels and users, and take from them. It is written once, at the end
 * (src/postgres/tables/written-counters.ts): a row that many transactions change is locked as shortly as can be, and all rows in one order.
 */
export class Counters {
  readonly channels: Sums = new Map()
  readonly users: Sums = new Map()
  /** Who has changed a message that was theirs already. */
  readonly touchedUsers: Sums = new Map()
  readonly channelLosses = new Map<string, number>()
  readonly userLosses = new Map<string, number>()
  /** Who has messages now that were another one's. */
  readonly owners = new Owners()

  get isEmpty(): boolean {
    return [
      this.channels,
      this.users,
      this.touchedUsers,
      this.channelLosses,
      this.userLosses,
      this.owners,
    ].every(({ size }) => size === 0)
  }

  /** A message that is new. */
  add({ channelId, userId, timestamp }: CountedMessage): void {
    note(this.channels, channelId, timestamp)
    note(this.users, userId, timestamp)
  }

  /** A message that was there: activity only moves outwards. */
  change(message: CountedMessage, before: CountedMessage): void {
    const { channelId, userId, timestamp } = message
    const isSame =
      before.channelId === channelId && before.userId === userId && before.timestamp === timestamp
    if (isSame) return
    note(this.channels, channelId, timestamp)
    count(this.channelLosses, before.channelId)
    if (before.userId === userId) note(this.touchedUsers, userId, timestamp)
    else {
      note(this.users, userId, timestamp)
      count(this.userLosses, before.userId)
    }
  }

  /** Tells in which order messages were stored: of the channels that were heard of since there were `known`, the first one of each. */
  order(known: number, messages: Iterable<CountedMessage>): void {
    const channels = new Map([...this.channels].slice(known))
    for (const { channelId, timestamp } of messages) {
      const sum = channels.get(channelId)
      if (sum !== undefined) sum.first = timestamp
      channels.delete(channelId)
    }
  }

  /** A message that is gone. */
  remove({ channelId, userId }: Omit<CountedMessage, 'timestamp'>): void {
    count(this.channelLosses, channelId)
    count(this.userLosses, userId)
  }

  /** One whose channel is gone itself. */
  removeOfUser(userId: string): void {
    count(this.userLosses, userId)
  }

  clear(): void {
    this.channels.clear()
    this.users.clear()
    this.touchedUsers.clear()
    this.channelLosses.clear()
    this.userLosses.clear()
    this.owners.clear()
  }
}
