import { ConvoDbError } from '../../protocol/errors.js'

/** Which channels there are for what is being carried out: what belongs to others is as if it were not there. */
export class Scope {
  readonly #channelIds: ReadonlySet<string> | undefined

  constructor(channelIds?: readonly string[]) {
    this.#channelIds = channelIds && new Set(channelIds)
  }

  get isHeld(): boolean {
    return this.#channelIds !== undefined
  }

  get channelIds(): readonly string[] {
    return [...(this.#channelIds ?? [])]
  }

  has(channelId: string): boolean {
    return this.#channelIds === undefined || this.#channelIds.has(channelId)
  }

  /** What is held to some already never sees more. */
  within(channelIds: readonly string[] | undefined): Scope {
    return channelIds === undefined ? this : new Scope(channelIds.filter((id) => this.has(id)))
  }

  /** @throws FORBIDDEN, the same for every channel */
  assertHas(channelId: string): void {
    if (!this.has(channelId))
      throw new ConvoDbError('FORBIDDEN', 'This is held to certain channels, and names another')
  }
}
