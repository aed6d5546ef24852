import { extraNames, extraResults, type ExtraName } from '../../protocol/message-fields.js'
import {
  shownOfRow,
  valuesBeforeExtras,
  type HitRow,
  type MemberRow,
  type MessageRow,
} from '../../protocol/message-rows.js'
import type { ListedMessage, Message, MessageHit, SegmentMessage } from '../../protocol/models.js'
import { fieldDecoder, type DecodeField } from './field-decoder.js'
import type { ParseJson } from '../../protocol/read-json.js'
import type { Schema } from '../../protocol/schema.js'

interface ExtraDecoder {
  readonly name: ExtraName
  readonly at: number
  /** Where it is not the same on both sides. */
  readonly decode: DecodeField | undefined
}

const extras: readonly ExtraDecoder[] = extraNames.map((name, index) => {
  const { schema }: { readonly schema: Schema } = extraResults[name]
  return { name, at: valuesBeforeExtras + index, decode: fieldDecoder(schema) }
})

/**
 * Lists of messages cross as rows of JSON text (src/protocol/message-rows.ts). What every message has is decoded by hand: they are
 * what is read most, and by their schema they would take half as long again.
 */
export function rowToMessage(row: MessageRow, parse?: ParseJson): Message
export function rowToMessage(row: MessageRow, parse: ParseJson = JSON.parse): object {
  const [messageId, channelId, userId, content, timestamp] = row
  const message: Record<string, unknown> = {
    messageId,
    channelId,
    userId,
    content,
    timestamp: new Date(timestamp),
  }
  for (const { name, at, decode } of extras) {
    const value = row[at]
    message[name] = decode === undefined || value === null ? value : decode(value, name, { messageId }, parse)
  }
  return message
}

/** With what was asked for beside it. */
export function rowToListed(row: MessageRow, parse?: ParseJson): ListedMessage {
  const message = rowToMessage(row, parse)
  const shown = shownOfRow(row)
  return shown === undefined ? message : { ...message, ...shown }
}

export function rowToMember(row: MemberRow, parse?: ParseJson): SegmentMessage {
  const [messageId, channelId, userId, content, timestamp, ...rest] = row
  const message = rowToListed([messageId, channelId, userId, content, timestamp, ...rest], parse)
  const [position, contributionScore] = rest.slice(extraNames.length)
  return { ...message, position: Number(position), contributionScore: toScore(contributionScore) }
}

export function rowToHit(row: HitRow, parse?: ParseJson): MessageHit {
  const [messageId, channelId, userId, content, timestamp, ...rest] = row
  const message = rowToListed([messageId, channelId, userId, content, timestamp, ...rest], parse)
  const [score, marks, snippet] = rest.slice(extraNames.length)
  return {
    ...message,
    score: Number(score),
    marks: typeof marks === 'string' ? JSON.parse(marks) : null,
    snippet: typeof snippet === 'string' ? JSON.parse(snippet) : null,
  }
}

const toScore = (value: string | number | null | undefined): number | null =>
  typeof value === 'number' ? value : null
