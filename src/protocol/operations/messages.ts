import { Type } from 'typebox'
import { id, ids, json, list, nullable, object, onConflict, optional, paging, text, time } from '../fields.js'
import { read, write, writeAfterIndexing } from '../operation.js'
import { expiredSlice, message, messageContext, storeCounts, storedMessage } from '../result-models.js'
import { wholeNumber, listOf, orUndefined, pageOf } from '../results.js'

const messageFields = {
  messageId: id,
  channelId: id,
  userId: id,
  content: text,
  timestamp: time,
  messageType: optional(id),
  replyToMessageId: nullable(id),
  editedAt: nullable(time),
  metadata: nullable(json),
}

const expired = { olderThan: time, channelId: optional(id), keepPinned: optional(Type.Boolean()) }

const neighbours = optional(Type.Integer({ minimum: 0, maximum: 1000 }))

export const messageOperations = {
  storeMessage: write({
    params: object({ ...messageFields, onConflict: optional(onConflict) }),
    result: storedMessage,
  }),
  addMessages: write({
    params: object({ messages: list(object(messageFields)), onConflict: optional(onConflict) }),
    result: storeCounts,
  }),
  getMessages: read({
    params: object({ channelId: id, before: optional(time), after: optional(time), ...paging }),
    result: pageOf(message),
  }),
  getMessagesByIds: read({ params: object({ messageIds: ids }), result: listOf(message) }),
  getMessageContext: read({
    params: object({ messageId: id, before: neighbours, after: neighbours }),
    result: orUndefined(messageContext),
  }),
  updateMessage: write({
    params: object({
      messageId: id,
      content: optional(text),
      timestamp: optional(time),
      messageType: optional(id),
      replyToMessageId: nullable(id),
      editedAt: nullable(time),
      metadata: nullable(json),
    }),
    result: message,
  }),
  deleteMessages: write({ params: object({ messageIds: ids }), result: wholeNumber }),
  deleteExpiredMessages: writeAfterIndexing({
    access: 'admin',
    params: object({ ...expired, cursor: optional(id) }),
    result: expiredSlice,
  }),
  countExpiredMessages: read({ params: object(expired), result: wholeNumber }),
  countMessages: read({
    params: object({ channelId: optional(id), before: optional(time), after: optional(time) }),
    result: wholeNumber,
  }),
}
