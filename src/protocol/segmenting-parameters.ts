/** What the parts of `segmentChannel` take. A program of yours hardly needs them: `segmentChannel` calls them in turn. */

export interface GetSegmentingStepParams {
  readonly channelId: string
  /** What the ids of its segments start with, before a colon. Each strategy has a place of its own in each channel. */
  readonly strategy: string
  /** How many messages before the first one are told of, 0 to 1,000. Default 0. */
  readonly window?: number | undefined
  /** How many messages at most to decide about, 1 to 10,000. Default 100. */
  readonly limit?: number | undefined
}

export interface ApplySegmentingStepParams {
  readonly channelId: string
  readonly strategy: string
  /** The step's `nextCursor`. */
  readonly cursor: string
  /** Those that join a segment, in the channel's order. One that is gone, or in a segment of this strategy, is passed over. */
  readonly messages: readonly JoiningMessage[]
}

/** A message that joins a segment. */
export interface JoiningMessage {
  readonly messageId: string
  /** The strategy's name, a colon, and what tells it from others. */
  readonly segmentId: string
  /** Whether the segment starts with it. Default false: the segment must be there. */
  readonly isNew?: boolean | undefined
  /** How sure the strategy is, 0 to 1. */
  readonly contributionScore?: number | null | undefined
}
