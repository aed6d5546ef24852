import type { MessageVersion, Reaction } from '../../protocol/history-models.js'
import type {
  AddReactionParams,
  GetMessageHistoryParams,
  GetReactionsParams,
  ReactionRef,
} from '../../protocol/history-parameters.js'
import type { Page } from '../../protocol/models.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'
import { idParams, type IdOr } from './id-params.js'

/** Reactions to messages, and what messages were before. */
export function historyCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  return {
    /**
     * Has a user react to a message; whoever is new comes into being. A reaction that stands already stays as it is. Listings show the numbers with
     * `with: ['reactions']`. It is no activity of the user's.
     *
     * @param reaction `messageId`, `userId`, `reaction`: any text of 1 to 1,024 characters; `reactedAt` default now.
     * @returns 1, or 0 when it stood already.
     * @throws NOT_FOUND (no such message), USER_FORGOTTEN, INVALID_ARGUMENT, OVERLOADED, DISK_FULL, OUTCOME_UNKNOWN
     *
     * Durable when it resolves. To whoever follows the changes it is a `messageUpdated`.
     * @example await db.addReaction({ messageId: '1', userId: 'ada', reaction: '👍' })
     */
    addReaction: (reaction: AddReactionParams, options?: CallOptions): Promise<number> =>
      execute('addReaction', reaction, options),

    /**
     * Takes a reaction back. Where the file keeps history it stays, with the time, for `getReactions` with `withRemoved`.
     *
     * @param reaction `messageId`, `userId`, `reaction`.
     * @returns 1, or 0 when there was none.
     * @throws INVALID_ARGUMENT, OVERLOADED, DISK_FULL, OUTCOME_UNKNOWN
     * @example await db.deleteReaction({ messageId: '1', userId: 'ada', reaction: '👍' })
     */
    deleteReaction: (reaction: ReactionRef, options?: CallOptions): Promise<number> =>
      execute('deleteReaction', reaction, options),

    /**
     * One page of who reacted to a message, and how, in the order in which it came; empty for an unknown message.
     *
     * @param page `messageId`; `withRemoved` default false: those that were taken back as well, as far as they were kept; `limit` 1 to 10,000,
     *   default 100; `cursor`: the page before's `nextCursor`.
     * @throws INVALID_ARGUMENT
     * @example const { items } = await db.getReactions({ messageId: '1' })
     */
    getReactions: (page: GetReactionsParams, options?: CallOptions): Promise<Page<Reaction>> =>
      execute('getReactions', page, options),

    /**
     * One page of the texts that a message had before, the latest first; empty where nothing was kept (`keepHistory` of `openDatabase`) and
     * for an unknown message. What the message is now is in the message. A page of long texts ends after 8 Mi characters.
     *
     * @param page `messageId`; `limit` 1 to 10,000, default 100; `cursor`: the page before's `nextCursor`.
     * @throws INVALID_ARGUMENT
     * @example const { items: [previous] } = await db.getMessageHistory({ messageId: '1', limit: 1 })
     */
    getMessageHistory: (
      page: GetMessageHistoryParams,
      options?: CallOptions,
    ): Promise<Page<MessageVersion>> => execute('getMessageHistory', page, options),

    /**
     * Deletes what was kept of a message: its former texts, and reactions that were taken back. The message stays as it is. (What is deleted or forgotten with
     * its message takes its history along.)
     *
     * @param message the message's id, or `{ messageId }`.
     * @returns how many of both there were.
     * @throws INVALID_ARGUMENT, OVERLOADED, DISK_FULL, OUTCOME_UNKNOWN
     *
     * Durable when it resolves; the text is gone from the file's bytes after the next checkpoint.
     * @example await db.deleteMessageHistory('1')
     */
    deleteMessageHistory: (message: IdOr<'messageId'>, options?: CallOptions): Promise<number> =>
      execute('deleteMessageHistory', idParams('messageId', message), options),
  }
}
