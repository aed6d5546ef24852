import type { Paging, Period } from './parameters.js'

export interface GetMessagesParams extends Paging, Period {
  readonly channelId: string
  /** Only messages of this type. */
  readonly messageType?: string | undefined
  /** Only messages of the channel that answer this one, which need not be there. */
  readonly replyToMessageId?: string | undefined
}

export interface GetUserMessagesParams extends Paging, Period {
  readonly userId: string
  /** Default: all channels. */
  readonly channelId?: string | undefined
}
