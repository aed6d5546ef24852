import type { Paging } from './parameters.js'
import type { TimeInput } from './wire.js'

export interface ReactionRef {
  readonly messageId: string
  readonly userId: string
  /** 1 to 1,024 characters: an emoji, or a name of your own. */
  readonly reaction: string
}

export interface AddReactionParams extends ReactionRef {
  /** Default: now. */
  readonly reactedAt?: TimeInput | undefined
}

export interface GetReactionsParams extends Omit<Paging, 'order'> {
  readonly messageId: string
  /** Those that were taken back as well, as far as they were kept. Default false. */
  readonly withRemoved?: boolean | undefined
}

export interface GetMessageHistoryParams extends Omit<Paging, 'order'> {
  readonly messageId: string
}

/** A reaction of an export. */
export interface ImportedReaction {
  /** The message's id; of all lines of an export only a message's has a `messageId`. */
  readonly ownerId: string
  readonly userId: string
  readonly reaction: string
  readonly reactedAt: TimeInput
  readonly removedAt?: TimeInput | null | undefined
}

/** A text of an export that a message had before. */
export interface ImportedVersion {
  /** The message's id. */
  readonly ownerId: string
  readonly content: string
  readonly editedAt?: TimeInput | null | undefined
  readonly replacedAt: TimeInput
}
