import type {
  ListedMessage,
  Message,
  MessageCount,
  MessageContext,
  MessageHit,
  Page,
  StoreCounts,
  StoredMessage,
} from '../../protocol/models.js'
import type {
  AddMessagesParams,
  CountMessagesParams,
  GetMessageContextParams,
  MessageIds,
  NewMessage,
  StoreMessageParams,
  UpdateMessageParams,
} from '../../protocol/parameters.js'
import type {
  CountMessagesByParams,
  CountUnreadParams,
  GetMessageParams,
  GetMessagesByIdsParams,
  GetMessagesParams,
  GetUserMessagesParams,
  MatchingMessages,
} from '../../protocol/listing-parameters.js'
import type { SearchMessagesParams } from '../../protocol/search-parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import { deleteMatching, isMatching } from './delete-matching.js'
import type { Execute } from './execute.js'
import { isList, type ListOr } from './id-params.js'

/** Messages, ordered inside a channel by (timestamp, insertion). */
export function messageCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  const getMessages = (
    page: GetMessagesParams,
    options?: CallOptions,
  ): Promise<Page<ListedMessage<Metadata>>> => execute('getMessages', page, options)

  return {
    /**
     * Stores one message; its channel and user come into being with it.
     *
     * Storing an id again replaces the row's fields in place: embeddings, segment membership and counters stay.
     *
     * @param message the message; `onConflict` default `'update'`, or `'ignore'` (then nothing at all is stored), or `'error'`.
     * @returns its id and what happened: inserted, updated or ignored.
     * @throws INVALID_ARGUMENT, ALREADY_EXISTS (with `onConflict: 'error'`), CONFLICT (a segment's member would change
     *   channels), OVERLOADED, DISK_FULL, OUTCOME_UNKNOWN
     *
     * Durable when it resolves; ordered: calls are carried out in the order in which they were made.
     * @example
     * await db.storeMessage({ messageId: '1', channelId: 'general', userId: 'ada', content: 'hello', timestamp: new Date() })
     */
    storeMessage: (message: StoreMessageParams<Metadata>, options?: CallOptions): Promise<StoredMessage> =>
      execute('storeMessage', message, options),

    /**
     * Stores up to 100,000 messages, all or none. More than 1,000 of them are read in steps, between which the event loop
     * goes on: leave the list and what is in it as they are until the call settles.
     *
     * @param messages the messages, or `{ messages, onConflict }`; `onConflict` as for `storeMessage`.
     * @returns how many were inserted, updated and ignored.
     * @throws as `storeMessage`, and TOO_LARGE when they exceed `maxQueuedBytes`
     * @example await db.addMessages([{ messageId: '1', channelId: 'general', userId: 'ada', content: 'hi', timestamp: 0 }])
     */
    addMessages: (
      messages: ListOr<NewMessage<Metadata>, AddMessagesParams<Metadata>>,
      options?: CallOptions,
    ): Promise<StoreCounts> => execute('addMessages', isList(messages) ? { messages } : messages, options),

    /**
     * One page of a channel's messages, newest first; an unknown channel's page is empty. A page of long messages ends
     * after 8 Mi characters, before `limit`, and `nextCursor` goes on. So does one with a filter, perhaps without any, after a look at
     * 20,000 messages: by index are found those that answer one, and those of other types than `'message'`.
     *
     * @param page `channelId`; `messageType`; `replyToMessageId`: what answers it, in this channel; `limit` 1 to 10,000, default 100; `order` default `'desc'`; `before`, `after`: times, both
     *   exclusive; `cursor`: the page before's `nextCursor`, which resumes exactly, with equal timestamps and with rows
     *   arriving meanwhile; `with: ['user']` gives each message the display name of its user, null where there is none;
     *   `with: ['reactions']` the reactions to it and their numbers.
     * @throws INVALID_ARGUMENT
     * @example const { items, nextCursor } = await db.getMessages({ channelId: 'general', limit: 50 })
     */
    getMessages,

    /**
     * Iterates over a channel's messages page by page; the channel may grow meanwhile.
     *
     * @param page as for `getMessages`; `limit` is the size of a page, default 500.
     * @throws INVALID_ARGUMENT, from the first step on
     * @example for await (const message of db.iterateMessages({ channelId: 'general', order: 'asc' })) { ... }
     */
    async *iterateMessages(
      page: GetMessagesParams,
      options?: CallOptions,
    ): AsyncGenerator<ListedMessage<Metadata>, void, void> {
      let next: GetMessagesParams | undefined = { limit: 500, ...page }
      while (next !== undefined) {
        const { items, nextCursor }: Page<ListedMessage<Metadata>> = await getMessages(next, options)
        yield* items
        next = nextCursor === null ? undefined : { ...next, cursor: nextCursor }
      }
    },

    /**
     * One page of a user's messages, newest first, in all channels or in one; an unknown user's page is empty. Messages that were stored
     * out of their order in time stand in it all the same. A page ends before `limit` where its messages are long or where finding
     * them takes longer than 50 ms, perhaps without any; `nextCursor` goes on.
     *
     * @param page `userId`; `channelId`, default all channels; all else as for `getMessages`.
     * @throws INVALID_ARGUMENT
     * @example const { items, nextCursor } = await db.getUserMessages({ userId: 'ada', channelId: 'general', limit: 20 })
     */
    getUserMessages: (
      page: GetUserMessagesParams,
      options?: CallOptions,
    ): Promise<Page<ListedMessage<Metadata>>> => execute('getUserMessages', page, options),

    /**
     * @param message the message's id, or `{ messageId, with }`; `with` as for `getMessages`.
     * @returns the message, or undefined when there is none of this id.
     * @throws INVALID_ARGUMENT
     * @example const message = await db.getMessage('1')
     */
    getMessage: (
      message: string | GetMessageParams,
      options?: CallOptions,
    ): Promise<ListedMessage<Metadata> | undefined> =>
      execute('getMessage', typeof message === 'string' ? { messageId: message } : message, options),

    /**
     * @param ids up to 100,000 message ids, or `{ messageIds, with }`; `with` as for `getMessages`.
     * @returns the messages in the order asked; unknown ids are left out.
     * @throws INVALID_ARGUMENT
     * @example const messages = await db.getMessagesByIds(['1', '2'])
     */
    getMessagesByIds: (
      ids: ListOr<string, GetMessagesByIdsParams>,
      options?: CallOptions,
    ): Promise<ListedMessage<Metadata>[]> =>
      execute('getMessagesByIds', isList(ids) ? { messageIds: ids } : ids, options),

    /**
     * A message with its neighbours in the channel.
     *
     * @param context `messageId`; `before`, `after`: how many of each, 0 to 1,000, default 5; `with` as for `getMessages`.
     * @returns the message and its neighbours, oldest first; undefined when there is no such message.
     * @throws INVALID_ARGUMENT
     * @example const context = await db.getMessageContext({ messageId: '1', before: 2, after: 2 })
     */
    getMessageContext: (
      context: GetMessageContextParams,
      options?: CallOptions,
    ): Promise<MessageContext<Metadata> | undefined> => execute('getMessageContext', context, options),

    /**
     * Searches messages by their words, in any language; sees every message whose promise has resolved.
     *
     * A message must have all words of `text`, or any with `match: 'any'`. Letters are compared without case, accents and compatibility
     * forms; in scripts without spaces any characters side by side are found; so are emoji, and what stands between signs (`foo_bar`,
     * `user@host`). In `text`, `"words side by side"`, `-not`, `prefix*`, `from:user`, `in:channel`, `before:2026-01-31` and
     * `after:2026-01-31` mean what they say; whatever else it holds is text. How hits are scored: docs/recall.md.
     *
     * @param search `text`; `channelId`, `channelIds`, `userId`, `messageType`; `before`, `after`: times, both exclusive; `match` default
     *   `'all'`; `order` `'relevance'` (default) or `'time'`, the newest first; `limit` 1 to 10,000, default 20; `cursor`: the page before's
     *   `nextCursor`; `highlight: true` tells where the words stand, and gives a snippet of `snippetLength` characters, default 160;
     *   `recencyWeight` 0 to 1, default 0.25; `recencyHalfLifeMs`, default 30 days.
     * @throws INVALID_ARGUMENT, SEARCH_OFF, SEARCH_NOT_READY (words of older messages are still being indexed)
     * @example const { items } = await db.searchMessages({ text: 'kernel panic', channelId: 'ubuntu', highlight: true })
     */
    searchMessages: (
      search: SearchMessagesParams,
      options?: CallOptions,
    ): Promise<Page<MessageHit<Metadata>>> => execute('searchMessages', search, options),

    /**
     * Changes the fields that are given; null clears where null is allowed.
     *
     * @param changes `messageId` and any of `content`, `timestamp`, `messageType`, `replyToMessageId`, `metadata`,
     *   `editedAt`; new content sets `editedAt` to now unless it is given.
     * @returns the message as it is now, durable.
     * @throws INVALID_ARGUMENT, NOT_FOUND, OVERLOADED
     * @example await db.updateMessage({ messageId: '1', content: 'hello, world' })
     */
    updateMessage: (
      changes: UpdateMessageParams<Metadata>,
      options?: CallOptions,
    ): Promise<Message<Metadata>> => execute('updateMessage', changes, options),

    /**
     * Deletes messages with their embeddings and segment membership: those of some ids, all or none; or all that match, in slices that
     * hold the writer for some tens of milliseconds each. Aborted or interrupted by a crash it has deleted a part of those; called again
     * it goes on from there.
     *
     * @param which up to 100,000 message ids, or `{ messageIds }`; or `channelId`, `userId` or both, and `messageType`,
     *   `replyToMessageId`, `before`, `after` (times, both exclusive): a message must match all that is given.
     * @returns how many there were.
     * @throws INVALID_ARGUMENT, OVERLOADED; where it goes by slices ABORTED and TIMEOUT with `deletedMessages` in the details
     * @example const count = await db.deleteMessages(['1', '2'])
     * @example const count = await db.deleteMessages({ channelId: 'general', userId: 'spammer', after: '2026-01-01' })
     */
    deleteMessages: (
      which: ListOr<string, MessageIds> | MatchingMessages,
      options?: CallOptions,
    ): Promise<number> => {
      if (isList<string, object>(which)) return execute('deleteMessages', { messageIds: which }, options)
      return isMatching(which)
        ? deleteMatching(execute, which, options)
        : execute('deleteMessages', which, options)
    },

    /**
     * Counts messages: at once from counters, or over an index when times are given.
     *
     * @param filter `channelId`, default all channels; `before`, `after`: times, both exclusive.
     * @throws INVALID_ARGUMENT
     * @example const total = await db.countMessages({ channelId: 'general' })
     */
    countMessages: (filter: CountMessagesParams = {}, options?: CallOptions): Promise<number> =>
      execute('countMessages', filter, options),

    /**
     * Counts a channel's or a user's messages by day or hour, in UTC, the newest first; those without any are left out. A page that takes
     * longer than 50 ms ends with what is counted by then, and `nextCursor` goes on.
     *
     * @param counting `by`: `'day'` or `'hour'`; `channelId`, `userId`: one of them, or both for a user's messages in a channel; `before`,
     *   `after`: times, both exclusive; `limit` 1 to 10,000 days or hours, default 100; `order` default `'desc'`; `cursor`.
     * @throws INVALID_ARGUMENT
     * @example const { items } = await db.countMessagesBy({ channelId: 'general', by: 'day', after: '2026-01-01' })
     */
    countMessagesBy: (counting: CountMessagesByParams, options?: CallOptions): Promise<Page<MessageCount>> =>
      execute('countMessagesBy', counting, options),

    /**
     * How many messages of a channel stand behind one, in the order of (time, insertion): what somebody has not read yet.
     *
     * @param unread `channelId`, and one of `afterMessageId`, `after` (a time, whose own messages are read) and `cursor` (a `nextCursor` of
     *   `getMessages`); `upTo`: counting ends there, default never. A million takes some tens of milliseconds.
     * @throws INVALID_ARGUMENT, NOT_FOUND (the channel has no message `afterMessageId`)
     * @example const unread = await db.countUnread({ channelId: 'general', afterMessageId: lastRead, upTo: 100 })
     */
    countUnread: (unread: CountUnreadParams, options?: CallOptions): Promise<number> =>
      execute('countUnread', unread, options),
  }
}
