import {
  count,
  cursor,
  id,
  ids,
  limit,
  list,
  neighbours,
  object,
  onConflict,
  optional,
  paging,
  score,
  snippetLength,
  text,
  time,
  truth,
  withMessages,
  words,
} from '../fields.js'
import type {
  CountMessagesByParams,
  CountUnreadParams,
  DeleteMatchingMessagesParams,
  GetMessageParams,
  GetMessagesByIdsParams,
  GetMessagesParams,
  GetUserMessagesParams,
} from '../listing-parameters.js'
import { extraParams } from '../message-fields.js'
import { read, write, writeAfterIndexing } from '../operation.js'
import type {
  AddMessagesParams,
  CountMessagesParams,
  DeleteExpiredMessagesParams,
  ExpiredMessages,
  GetMessageContextParams,
  MessageIds,
  NewMessage,
  StoreMessageParams,
  UpdateMessageParams,
} from '../parameters.js'
import type { SearchMessagesParams } from '../search-parameters.js'
import {
  expiredSlice,
  listedMessage,
  message,
  messageCount,
  messageContext,
  messageHit,
  storeCounts,
  storedMessage,
} from '../result-models.js'
import { listOf, orUndefined, pageOf, wholeNumber } from '../results.js'

const messageFields = {
  messageId: id,
  channelId: id,
  userId: id,
  content: text,
  timestamp: time,
  ...extraParams,
}

const expired = { olderThan: time, channelId: optional(id), keepPinned: optional(truth) }
const period = { before: optional(time), after: optional(time) }
/** Schema of one. */
export const newMessage = object<NewMessage>(messageFields)
const messageIds = object<MessageIds>({ messageIds: ids })

export const messageOperations = {
  storeMessage: write({
    params: object<StoreMessageParams>({ ...messageFields, onConflict: optional(onConflict) }),
    result: storedMessage,
  }),
  addMessages: write({
    params: object<AddMessagesParams>({
      messages: list(newMessage),
      onConflict: optional(onConflict),
    }),
    result: storeCounts,
  }),
  getMessages: read({
    params: object<GetMessagesParams>({
      channelId: id,
      messageType: optional(id),
      replyToMessageId: optional(id),
      ...period,
      ...paging,
      ...withMessages,
    }),
    result: pageOf(listedMessage),
  }),
  getUserMessages: read({
    params: object<GetUserMessagesParams>({
      userId: id,
      channelId: optional(id),
      ...period,
      ...paging,
      ...withMessages,
    }),
    result: pageOf(listedMessage),
  }),
  getMessage: read({
    params: object<GetMessageParams>({ messageId: id, ...withMessages }),
    result: orUndefined(listedMessage),
  }),
  getMessagesByIds: read({
    params: object<GetMessagesByIdsParams>({ messageIds: ids, ...withMessages }),
    result: listOf(listedMessage),
  }),
  getMessageContext: read({
    params: object<GetMessageContextParams>({
      messageId: id,
      before: optional(neighbours),
      after: optional(neighbours),
      ...withMessages,
    }),
    result: orUndefined(messageContext),
  }),
  searchMessages: read({
    params: object<SearchMessagesParams>({
      text,
      channelId: optional(id),
      channelIds: optional(ids),
      userId: optional(id),
      messageType: optional(id),
      ...period,
      match: optional(words('all', 'any')),
      order: optional(words('relevance', 'time')),
      limit: optional(limit),
      cursor: optional(cursor),
      highlight: optional(truth),
      ...withMessages,
      snippetLength: optional(snippetLength),
      recencyWeight: optional(score),
      recencyHalfLifeMs: optional(count),
    }),
    result: pageOf(messageHit),
  }),
  updateMessage: write({
    params: object<UpdateMessageParams>({
      messageId: id,
      content: optional(text),
      timestamp: optional(time),
      ...extraParams,
    }),
    result: message,
  }),
  deleteMessages: write({ params: messageIds, result: wholeNumber }),
  deleteMatchingMessages: writeAfterIndexing({
    params: object<DeleteMatchingMessagesParams>({
      channelId: optional(id),
      userId: optional(id),
      messageType: optional(id),
      replyToMessageId: optional(id),
      ...period,
      cursor: optional(cursor),
    }),
    result: expiredSlice,
  }),
  deleteExpiredMessages: writeAfterIndexing({
    access: 'admin',
    params: object<DeleteExpiredMessagesParams>({ ...expired, cursor: optional(cursor) }),
    result: expiredSlice,
  }),
  countExpiredMessages: read({ params: object<ExpiredMessages>(expired), result: wholeNumber }),
  countMessagesBy: read({
    params: object<CountMessagesByParams>({
      channelId: optional(id),
      userId: optional(id),
      by: words('day', 'hour'),
      ...period,
      ...paging,
    }),
    result: pageOf(messageCount),
  }),
  countUnread: read({
    params: object<CountUnreadParams>({
      channelId: id,
      afterMessageId: optional(id),
      after: optional(time),
      cursor: optional(cursor),
      upTo: optional(count),
    }),
    result: wholeNumber,
  }),
  countMessages: read({
    params: object<CountMessagesParams>({ channelId: optional(id), ...period }),
    result: wholeNumber,
  }),
}
