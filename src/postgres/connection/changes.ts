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

/** Nobody is told of it: to whom a message goes its id goes, too, in whatever is told before. */
interface OwnerChange {
  readonly kind: 'ownerChanged'
  readonly messageId: string
  readonly userId: string
}

export type Noted = Change | OwnerChange

/** The changes of one transaction, in their order. */
export class Changes {
  readonly #changes: Noted[] = []
  /** What stands before it is not added to. */
  #mark = 0

  /** Without the ids of messages of users who are forgotten behind them. */
  get all(): readonly Change[] {
    const told: Change[] = []
    const owners = new Map<string, string>()
    const forgotten = new Set<string>()
    for (const change of this.#changes.toReversed()) {
      if (change.kind === 'ownerChanged') {
        if (!owners.has(change.messageId)) owners.set(change.messageId, change.userId)
        continue
      }
      if (change.kind === 'userForgotten') forgotten.add(change.userId)
      if (change.kind !== 'messageDeleted') told.push(change)
      else {
        const userId = owners.get(change.messageId) ?? change.userId
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
