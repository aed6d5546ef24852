/** A message or a segment of which a vector is to be made. */
export interface PendingEmbedding {
  /** The message's or the segment's id. */
  ownerId: string
  channelId: string
  /** The message's time, or the segment's start. */
  timestamp: Date
  /** The message's content; the segment's summary or, where it has none, the texts of its members. */
  text: string
}

/** What was leased, and what there is beside it. */
export interface LeasedEmbeddings {
  /** To be given with the vectors; null where nothing was leased. */
  leaseId: string | null
  items: PendingEmbedding[]
  /** Whether to ask again at once: what comes next was not looked at yet. */
  hasMore: boolean
  /** In how many milliseconds the next one comes that somebody else has, or gave back for later; null where there is none. */
  retryInMs: number | null
}

/** How many messages or segments have a vector of a model; in the numbers of one moment. */
export interface EmbeddingProgress {
  /** Messages or segments that there are. */
  total: number
  /** Of these, those with a vector, be it of a content that has changed since. */
  embedded: number
  /** Those that are to be embedded, or again since their content has changed; leased ones, too. */
  pending: number
  /** Of the pending ones, those that somebody has by now. */
  leased: number
  /** Those that were skipped, until their content changes. */
  skipped: number
}
