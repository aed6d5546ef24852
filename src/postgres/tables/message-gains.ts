import type { ChannelGain } from './channels.js'
import type { CurrentMessage, NewMessage } from './message-values.js'
import type { UserGain } from './user-counters.js'

interface Sum {
  count: number
  earliest: number
  latest: number
}

function note(sums: Map<string, Sum>, id: string, timestamp: number): void {
  const sum = sums.get(id)
  if (sum === undefined) {
    sums.set(id, { count: 1, earliest: timestamp, latest: timestamp })
    return
  }
  sum.count += 1
  sum.earliest = Math.min(sum.earliest, timestamp)
  sum.latest = Math.max(sum.latest, timestamp)
}

const count = (counts: Map<string, number>, id: string): void =>
  void counts.set(id, (counts.get(id) ?? 0) + 1)

/** What messages of one transaction bring to their channels and users, and take from them. */
export class Gains {
  readonly #channels = new Map<string, Sum>()
  readonly #users = new Map<string, Sum>()
  readonly #touched = new Map<string, Sum>()
  readonly #channelLosses = new Map<string, number>()
  readonly #userLosses = new Map<string, number>()

  /** A message that is new. */
  add({ channelId, userId, timestamp }: NewMessage): void {
    note(this.#channels, channelId, timestamp)
    note(this.#users, userId, timestamp)
  }

  /** A message that was there: activity only moves outwards. */
  change(message: NewMessage, before: CurrentMessage): void {
    const { channelId, userId, timestamp } = message
    const isSame =
      before.channelId === channelId && before.userId === userId && before.timestamp === timestamp
    if (isSame) return
    note(this.#channels, channelId, timestamp)
    count(this.#channelLosses, before.channelId)
    if (before.userId === userId) note(this.#touched, userId, timestamp)
    else {
      note(this.#users, userId, timestamp)
      count(this.#userLosses, before.userId)
    }
  }

  channels(): ChannelGain[] {
    return [...this.#channels].map(([channelId, sum]) => ({
      channelId,
      count: sum.count,
      createdAt: sum.earliest,
      lastActive: sum.latest,
    }))
  }

  users(): UserGain[] {
    return toGains(this.#users)
  }

  /** Who has changed a message that was theirs already. */
  touchedUsers(): UserGain[] {
    return toGains(this.#touched)
  }

  channelLosses(): ReadonlyMap<string, number> {
    return this.#channelLosses
  }

  userLosses(): ReadonlyMap<string, number> {
    return this.#userLosses
  }
}

const toGains = (sums: ReadonlyMap<string, Sum>): UserGain[] =>
  [...sums].map(([userId, sum]) => ({
    userId,
    count: sum.count,
    firstSeen: sum.earliest,
    lastActive: sum.latest,
  }))
