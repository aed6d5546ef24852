import {
  gatheredCapacity,
  type Columns,
  type GatheredMessage,
  type GatheredMessages,
} from './gathered-messages.js'

/** What messages add up to, for one channel, user or block. */
export interface OwnerActivity {
  readonly ownerKey: number
  readonly count: number
  readonly earliest: number
  readonly latest: number
}

interface RoundEntries {
  readonly ofChannels: readonly GatheredMessage[]
  readonly ofUsers: readonly GatheredMessage[]
  readonly users: readonly OwnerActivity[]
}

/**
 * Indexes what was gathered by the time it began a few entries at a time, in the order of the tables they are for: so that a
 * transaction touches few of their pages. Nobody sees an entry before the round is over, and `indexed_messages` says so.
 */
export class IndexingRound {
  readonly length: number
  readonly #gathered: GatheredMessages
  readonly #columns: Columns
  readonly #byChannel: readonly number[]
  readonly #byUser: readonly number[]
  readonly #users: readonly OwnerActivity[]
  readonly #entries: number
  #done = 0

  constructor(gathered: GatheredMessages) {
    this.length = gathered.length
    this.#gathered = gathered
    this.#columns = gathered.columns()
    this.#byChannel = inOrder(this.#columns.channelKeys)
    this.#byUser = inOrder(this.#columns.userKeys)
    this.#users = this.#sum(this.#byUser, (number) => this.#columns.userKeys[number] ?? 0)
    this.#entries = 2 * this.length + this.#users.length
  }

  /** Whether all entries were taken. */
  get isFilled(): boolean {
    return this.#done === this.#entries
  }

  /** The next entries, up to so many: those of channels, then those of users, then what is counted for each user. */
  take(limit: number): RoundEntries {
    const from = this.#done
    this.#done = Math.min(from + limit, this.#entries)
    const next = <Entry>(entries: readonly Entry[], start: number): Entry[] =>
      entries.slice(Math.max(from - start, 0), Math.max(this.#done - start, 0))
    return {
      ofChannels: this.#messages(next(this.#byChannel, 0)),
      ofUsers: this.#messages(next(this.#byUser, this.length)),
      users: next(this.#users, 2 * this.length),
    }
  }

  ofChannels(): OwnerActivity[] {
    return this.#sum(this.#byChannel, (number) => this.#columns.channelKeys[number] ?? 0)
  }

  ofBlocks(blockOf: (key: number) => number): OwnerActivity[] {
    return this.#sum([...this.#byUser.keys()], (number) => blockOf(this.#gathered.firstKey + number))
  }

  /** Of messages that stand in the order of their owners. */
  #sum(numbers: readonly number[], ownerOf: (number: number) => number): OwnerActivity[] {
    const sums: { ownerKey: number; count: number; earliest: number; latest: number }[] = []
    for (const number of numbers) {
      const ownerKey = ownerOf(number)
      const timestamp = this.#columns.timestamps[number] ?? 0
      const last = sums.at(-1)
      if (last?.ownerKey !== ownerKey) {
        sums.push({ ownerKey, count: 1, earliest: timestamp, latest: timestamp })
        continue
      }
      last.count += 1
      last.earliest = Math.min(last.earliest, timestamp)
      last.latest = Math.max(last.latest, timestamp)
    }
    return sums
  }

  #messages(numbers: readonly number[]): GatheredMessage[] {
    return numbers.map((number) => this.#gathered.at(number))
  }
}

/** The numbers of messages by owner, each owner's in their order. Numbers are sorted ten times as fast as pairs are. */
function inOrder(ownerKeys: Float64Array): number[] {
  const sorted = ownerKeys.map((ownerKey, number) => ownerKey * gatheredCapacity + number).toSorted()
  return Array.from(sorted, (value) => value % gatheredCapacity)
}
