/** What a transaction has done, as whoever follows the changes is told of it (docs/decisions/0033-following-changes.md). */
export type Change =
  | { readonly kind: 'messagesStored'; readonly messageKeys: readonly number[] }
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

  get all(): readonly Change[] {
    return this.#changes
  }

  get length(): number {
    return this.#changes.length
  }

  /** A thousand members that come together are one change of their segment. */
  add(change: Change): void {
    const last = this.#changes.at(-1)
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
