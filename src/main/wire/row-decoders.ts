import type { MemberRow, MessageRow } from '../../protocol/message-rows.js'
import type { JsonObject, Message, SegmentMessage } from '../../protocol/models.js'
import type { ParseJson } from './parse-json.js'
import { readJson } from './parse-json.js'

/**
 * Lists of messages cross as rows of JSON text (src/protocol/message-rows.ts) and are decoded by hand: they are what is read most,
 * and by their schema they would take half as long again.
 */
export function rowToMessage(
  [
    messageId,
    channelId,
    userId,
    content,
    timestamp,
    messageType,
    replyToMessageId,
    editedAt,
    metadata,
  ]: MessageRow,
  parse: ParseJson = JSON.parse,
): Message {
  return {
    messageId,
    channelId,
    userId,
    content,
    timestamp: new Date(timestamp),
    messageType,
    replyToMessageId,
    editedAt: editedAt === null ? null : new Date(editedAt),
    metadata: readMetadata(metadata, messageId, parse),
  }
}

export function rowToMember(row: MemberRow, parse?: ParseJson): SegmentMessage {
  const [id, channel, user, content, at, type, reply, edited, metadata, position, contributionScore] = row
  const message = rowToMessage([id, channel, user, content, at, type, reply, edited, metadata], parse)
  return { ...message, position, contributionScore }
}

const readMetadata = (text: string | null, messageId: string, parse: ParseJson): JsonObject | null =>
  text === null ? null : readJson(text, 'metadata', { messageId }, parse)
