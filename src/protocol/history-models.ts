/** A user's reaction to a message. */
export interface Reaction {
  messageId: string
  userId: string
  /** Any text: an emoji, or a name of one's own. */
  reaction: string
  reactedAt: Date
  /** When it was taken back; null while it stands. */
  removedAt: Date | null
}

/** What a message shows of its reactions: the first ones first. */
export interface ReactionCount {
  reaction: string
  /** Users. */
  count: number
}

/** A text that a message had before. */
export interface MessageVersion {
  messageId: string
  content: string
  /** When the message got this text by an edit; null for its first one. */
  editedAt: Date | null
  /** When another text took its place. */
  replacedAt: Date
}
