import type { Period } from './parameters.js'
import type { VectorInput } from './wire.js'

/** What the operation takes; `text` or `vector` or both. */
export interface RecallParams extends Period {
  /** What to recall, as it was said: its words, any of which may be there; nothing in it has a meaning of its own. */
  readonly text?: string | undefined
  /** The same as a vector of `model`. */
  readonly vector?: VectorInput | undefined
  readonly model?: string | undefined
  /** Default: all channels. */
  readonly channelId?: string | undefined
  /** Of one of these, up to 100,000; in place of `channelId`. */
  readonly channelIds?: readonly string[] | undefined
  /** Who wrote what is found; what stands around it may be anybody's. */
  readonly userId?: string | undefined
  /** Passages at most, 1 to 1,000. Default 10. */
  readonly limit?: number | undefined
  /** Messages before and after each hit, 0 to 100. Default 2. */
  readonly context?: number | undefined
  /** Whether a hit in a segment brings the segment, of a long one the 200 messages around the best hit, in place of its context. Default false. */
  readonly wholeSegments?: boolean | undefined
  /** Characters of all contents together, 1 to 1,000,000. Default 20,000. */
  readonly budget?: number | undefined
  /** As for `searchMessages`. */
  readonly recencyWeight?: number | undefined
  readonly recencyHalfLifeMs?: number | undefined
  /** Whether to tell why each passage is there. Default false. */
  readonly explain?: boolean | undefined
}
