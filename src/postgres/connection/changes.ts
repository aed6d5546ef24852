/** What a transaction has done, as whoever follows the changes is told of it (docs/decisions/0033-following-changes.md). */
export type Change =
  | { readonly kind: 'messagesStored'; readonly messageKeys: number[] }
  | { readonly kind: 'messageUpdated'; readonly messageKey: number }
  | {
      readonly kind: 'messageDeleted'
      readonly messageId: string
      readonly channelId: string
      readonly userId: string
    }
  | { readonly kind: 'channelUpdated' | 'channelDeleted'; readonly channelId: string }
  | {
      readonly kind: 'segmentStored' | 'segmentUpdated' | 'segmentDeleted'
      readonly segmentId: string
      readonly channelId: string
    }
  | { readonly kind: 'userUpdated' | 'userDeleted' | 'profileUpdated'; readonly userId: string }
  | { readonly kind: 'userForgotten'; readonly userHash: string; readonly userId: string }

/** Nobody is told of it: with a message its id goes to another user, in whatever its former one has of it among the changes. */
interface OwnerChange {
  readonly kind: 'ownerChanged'
  readonly messageId: string
  readonly from: string
  readonly to: string
}

export type Noted = Change | OwnerChange

/** Who gets the ids of messages in the end. */
export class Owners {
  /** By the messages' ids, and by who had them before. */
  readonly #owners = new Map<string, Map<string, string>>()

  of(messageId: string, userId: string): string {
    return this.#owners.get(messageId)?.get(userId) ?? userId
  }

  /** Adds one that comes before those that are there. */
  prepend({ messageId, from, to }: Omit<OwnerChange, 'kind'>): void {
    const owners = this.#owners.get(messageId) ?? new Map<string, string>()
    this.#owners.set(messageId, owners.set(from, owners.get(to) ?? to))
  }

  /** Adds one that comes behind those that are there. */
  append({ messageId, from, to }: Omit<OwnerChange, 'kind'>): void {
    const owners = this.#owners.get(messageId) ?? new Map<string, string>()
    for (const [before, after] of owners) if (after === from) owners.set(before, to)
    this.#owners.set(messageId, owners.set(from, to))
  }

  get size(): number {
    return this.#owners.size
  }

  /** Each with who had it and who has it. */
  *entries(): Generator<readonly [messageId: string, from: string, to: string]> {
    for (const [messageId, owners] of this.#owners)
      for (const [from, to] of owners) if (from !== to) yield [messageId, from, to]
  }

  clear(): void {
    this.#owners.clear()
  }
}

/** The changes of one transaction, in their order. */
export class Changes {
  readonly #changes: Noted[] = []
  /** What stands before it is not added to. */
  #mark = 0

  /** Without the ids of messages of users who are forgotten behind them. */
  get all(): readonly Change[] {
    const told: Change[] = []
    const owners = new Owners()
    const forgotten = new Set<string>()
    for (const change of this.#changes.toReversed()) {
      if (change.kind === 'ownerChanged') {
        owners.prepend(change)
        continue
      }
      if (change.kind === 'userForgotten') forgotten.add(change.userId)
      if (change.kind !== 'messageDeleted') told.push(change)
      else {
        const userId = owners.of(change.messageId, change.userId)
        if (!forgotten.has(userId)) told.push({ ...change, userId })
      }
    }
    return told.toReversed()
  }

  /** Gives a place to which what comes behind it may be cut. */
  mark(): number {
    return (this.#mark = this.#changes.length)
  }

  /** A thousand members that come together are one change of their segment, messages that were stored one after the other one row. */
  add(change: Noted): void {
    const last = this.#changes.at(-1)
    if (
      change.kind === 'messagesStored' &&
      last?.kind === 'messagesStored' &&
      this.#changes.length > this.#mark
    ) {
      for (const key of change.messageKeys) last.messageKeys.push(key)
      return
    }
    const isSame =
      change.kind === 'segmentUpdated' &&
      last !== undefined &&
      (last.kind === 'segmentStored' || last.kind === 'segmentUpdated') &&
      last.segmentId === change.segmentId
    if (!isSame) this.#changes.push(change)
  }

  /** To be called where what came behind a place was undone. */
  cut(length: number): void {
    this.#changes.length = length
  }
}
