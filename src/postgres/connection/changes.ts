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
  | { readonly kind: 'userForgotten'; readonly userHash: string }

/** The changes of one transaction, in their order. */
export class Changes {
  readonly #changes: Change[] = []
  /** What stands before it is not added to. */
  #mark = 0

  get all(): readonly Change[] {
    return this.#changes
  }

  /** Gives a place to which what comes behind it may be cut. */
  mark(): number {
    return (this.#mark = this.#changes.length)
  }

  /** A thousand members that come together are one change of their segment, messages that were stored one after the other one row. */
  add(change: Change): void {
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
