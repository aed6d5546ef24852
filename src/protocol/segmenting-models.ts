/** What segmenting gives, in the form callers see it. */

/** A message as a strategy of segmenting finds it. */
export interface SegmentingMessage {
  messageId: string
  userId: string
  timestamp: Date
  replyToMessageId: string | null
  /** That of the strategy which it is in. */
  segmentId: string | null
  /** That of the strategy which the message is in that it answers. */
  answeredSegmentId: string | null
  /** What a segment is called that starts with this message: the same whenever, and by whomever, that is decided. */
  newSegmentId: string
}

/** What is next for a strategy of segmenting in a channel. */
export interface SegmentingStep {
  /** The messages before, in the channel's order. */
  recent: SegmentingMessage[]
  /** Those to decide about, in the channel's order; where one is in a segment of the strategy, that stands. */
  messages: SegmentingMessage[]
  /** Whether there is more behind this step by now. */
  hasMore: boolean
  /** To be given with what was decided; null where there is nothing to decide. */
  nextCursor: string | null
}

/** What a step of segmenting did. */
export interface SegmentingCounts {
  /** That came into being. */
  segments: number
  /** That joined one. */
  messages: number
}

/** How far `segmentChannel` has come, and in the end what it did. */
export interface SegmentingReport {
  /** Messages that were decided about. */
  messages: number
  /** Of these, those that joined a segment or started one. */
  members: number
  /** Segments that came into being. */
  segments: number
}
