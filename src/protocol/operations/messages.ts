import { Type } from 'typebox'
import { id, ids, json, list, nullable, object, onConflict, optional, paging, text, time } from '../fields.js'
import type { ExpiredSlice, Message, MessageContext, Page, StoreCounts, StoredMessage } from '../models.js'
import { read, returns, write } from '../operation.js'

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
  storeMessage: write(
    object({ ...messageFields, onConflict: optional(onConflict) }),
    returns<StoredMessage>(),
  ),
  addMessages: write(
    object({ messages: list(object(messageFields)), onConflict: optional(onConflict) }),
    returns<StoreCounts>(),
  ),
  getMessages: read(
    object({ channelId: id, before: optional(time), after: optional(time), ...paging }),
    returns<Page<Message>>(),
  ),
  getMessagesByIds: read(object({ messageIds: ids }), returns<Message[]>()),
  getMessageContext: read(
    object({ messageId: id, before: neighbours, after: neighbours }),
    returns<MessageContext | undefined>(),
  ),
  updateMessage: write(
    object({
      messageId: id,
      content: optional(text),
      timestamp: optional(time),
      messageType: optional(id),
      replyToMessageId: nullable(id),
      editedAt: nullable(time),
      metadata: nullable(json),
    }),
    returns<Message>(),
  ),
  deleteMessages: write(object({ messageIds: ids }), returns<number>()),
  deleteExpiredMessages: write(object({ ...expired, cursor: optional(id) }), returns<ExpiredSlice>()),
  countExpiredMessages: read(object(expired), returns<number>()),
  countMessages: read(
    object({ channelId: optional(id), before: optional(time), after: optional(time) }),
    returns<number>(),
  ),
}
