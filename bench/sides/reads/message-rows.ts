import type { Message } from 'convodb'

/** A message as SQLite hands it out. */
export interface MessageRow {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly content: string
  readonly timestamp: number
  readonly messageType: string
  readonly replyToMessageId: string | null
  readonly editedAt: number | null
  readonly metadata: string | null
}

/** By name, over ConvoDB's tables; the loops in this order, as ConvoDB's own statements have them. */
export const messageColumns = `
  messages.message_id AS messageId, channels.channel_id AS channelId, users.user_id AS userId, messages.content,
  messages.timestamp, messages.message_type AS messageType, messages.reply_to_message_id AS replyToMessageId,
  messages.edited_at AS editedAt, messages.metadata`
/** From a channel's places in order to the messages. */
export const placeJoin = 'CROSS JOIN messages ON messages.message_key = places.message_key'
export const messageJoins = `
  CROSS JOIN channels ON channels.channel_key = messages.channel_key
  CROSS JOIN users ON users.user_key = messages.user_key`

/** Makes what the facade returns out of a row: dates and parsed metadata. */
export const toMessage = (row: MessageRow): Message => ({
  messageId: row.messageId,
  channelId: row.channelId,
  userId: row.userId,
  content: row.content,
  timestamp: new Date(row.timestamp),
  messageType: row.messageType,
  replyToMessageId: row.replyToMessageId,
  editedAt: row.editedAt === null ? null : new Date(row.editedAt),
  metadata: row.metadata === null ? null : JSON.parse(row.metadata),
})
