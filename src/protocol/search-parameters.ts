import type { WithMessages } from './listing-parameters.js'
import type { Period } from './parameters.js'

export interface SearchMessagesParams extends Period, WithMessages {
  /**
   * Words, all of which a message must have; `"side by side"`, `-not`, `prefix*`, `from:user`, `in:channel`, `before:2026-01-31`,
   * `after:2026-01-31`. The first 10,000 characters and 64 words count; nothing is refused.
   */
  readonly text: string
  /** Default: all channels. */
  readonly channelId?: string | undefined
  /** Of one of these. */
  readonly channelIds?: readonly string[] | undefined
  readonly userId?: string | undefined
  readonly messageType?: string | undefined
  /** Whether all words must be in a message, or any of them. Default `'all'`. */
  readonly match?: 'all' | 'any' | undefined
  /** The best first, of equals the newest; or the newest first. Default `'relevance'`. */
  readonly order?: 'relevance' | 'time' | undefined
  /** How many at most, 1 to 10,000. Default 20. */
  readonly limit?: number | undefined
  /** The `nextCursor` of the page before, whose other parameters must be the same. */
  readonly cursor?: string | undefined
  /** Whether to tell where the words stand, and give a snippet around them. Default false. */
  readonly highlight?: boolean | undefined
  /** Of a snippet, in characters, 20 to 10,000. Default 160. */
  readonly snippetLength?: number | undefined
  /** How much of its score an old message loses at most, 0 to 1. Default 0.25. */
  readonly recencyWeight?: number | undefined
  /** In which time half of that is lost, counted from the latest message, in milliseconds. Default 30 days. */
  readonly recencyHalfLifeMs?: number | undefined
}
