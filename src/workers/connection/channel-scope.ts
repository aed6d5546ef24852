import { ConvoDbError } from '../../protocol/errors.js'

/**
 * Which channels there are for what is being carried out, where it is held to some: what belongs to others is as if it were not there.
 * The functions of the tables ask here, so that the look and what follows from it are of one transaction.
 */
export class ChannelScope {
  #channelIds: ReadonlySet<string> | undefined

  get isHeld(): boolean {
    return this.#channelIds !== undefined
  }

  has(channelId: string): boolean {
    return this.#channelIds === undefined || this.#channelIds.has(channelId)
  }

  /** Those it is held to. */
  get channelIds(): readonly string[] {
    return [...(this.#channelIds ?? [])]
  }

  /** @throws FORBIDDEN, the same for every channel */
  assertHas(channelId: string): void {
    if (!this.has(channelId))
      throw new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names another')
  }

  /** Carries something out within these channels or, where none are given, within all. */
  within<Value>(channelIds: readonly string[] | undefined, work: () => Value): Value {
    if (channelIds === undefined) return work()
    this.#channelIds = new Set(channelIds)
    try {
      return work()
    } finally {
      this.#channelIds = undefined
    }
  }
}
