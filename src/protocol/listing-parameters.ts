import type { MessageIds, MessageRef, Paging, Period, SegmentRef } from './parameters.js'
import type { TimeInput } from './wire.js'

/** What can come with a message. */
export type ShownName = 'user' | 'reactions'

/** What comes with each message. */
export interface WithMessages {
  /** `'user'`: by which name the user is shown who wrote it; `'reactions'`: which there are, and how many users each has. Default: nothing. */
  readonly with?: readonly ShownName[] | undefined
}

export interface GetMessageParams extends MessageRef, WithMessages {}

export interface GetMessagesByIdsParams extends MessageIds, WithMessages {}

export interface GetSegmentMessagesParams extends SegmentRef, WithMessages {}

export interface GetMessagesParams extends Paging, Period, WithMessages {
  readonly channelId: string
  /** Only messages of this type. */
  readonly messageType?: string | undefined
  /** Only messages of the channel that answer this one, which need not be there. */
  readonly replyToMessageId?: string | undefined
}

export interface GetUserMessagesParams extends Paging, Period, WithMessages {
  readonly userId: string
  /** Default: all channels. */
  readonly channelId?: string | undefined
}

/** Which messages of a channel, of a user, or of a user in a channel. One of both must be given. */
export interface MatchingMessages extends Period {
  readonly channelId?: string | undefined
  readonly userId?: string | undefined
  readonly messageType?: string | undefined
  readonly replyToMessageId?: string | undefined
}

export interface DeleteMatchingMessagesParams extends MatchingMessages {
  /** The `nextCursor` of the slice before. */
  readonly cursor?: string | undefined
}

export interface CountMessagesByParams extends Paging, Period {
  /** Its messages. One of this and `userId` must be given; both: the user's in the channel. */
  readonly channelId?: string | undefined
  readonly userId?: string | undefined
  /** In UTC. */
  readonly by: 'day' | 'hour'
}

/** Of `afterMessageId`, `after` and `cursor` one. */
export interface CountUnreadParams {
  readonly channelId: string
  /** The last message that was read, of this channel. */
  readonly afterMessageId?: string | undefined
  /** A time; messages of that very time are read. */
  readonly after?: TimeInput | undefined
  /** A `nextCursor` of `getMessages`: what stands behind it in the order of time. */
  readonly cursor?: string | undefined
  /** Counting ends there: 99 and one more are enough for `99+`. Default: all are counted. */
  readonly upTo?: number | undefined
}
