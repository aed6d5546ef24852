import type { Paging, Period } from './parameters.js'

export interface GetUserMessagesParams extends Paging, Period {
  readonly userId: string
  /** Default: all channels. */
  readonly channelId?: string | undefined
}
