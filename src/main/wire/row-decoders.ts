import { extraNames, type ExtraName } from '../../protocol/message-fields.js'
import {
  shownOfRow,
  valuesBeforeExtras,
  type HitRow,
  type MemberRow,
  type MessageRow,
} from '../../protocol/message-rows.js'
import type { ListedMessage, Message, MessageHit, SegmentMessage } from '../../protocol/models.js'
import { readJson, type ParseJson } from '../../protocol/read-json.js'

const placeOf = (name: ExtraName): number => valuesBeforeExtras + extraNames.indexOf(name)
const at = {
  messageType: placeOf('messageType'),
  replyToMessageId: placeOf('replyToMessageId'),
  editedAt: placeOf('editedAt'),
  metadata: placeOf('metadata'),
} as const satisfies { readonly [Name in ExtraName]: number }

/**
 * Lists of messages cross as rows of JSON text (src/protocol/message-rows.ts). What every message has is decoded by hand: they are
 * what is read most, and by their schema they would take half as long again.
 */
export function rowToMessage(row: MessageRow, parse?: ParseJson): Message
export function rowToMessage(row: MessageRow, parse: ParseJson = JSON.parse): object {
  const messageId = row[0]
  const editedAt = row[at.editedAt]
  const metadata = row[at.metadata]
  // One literal, so that all messages have one shape: field by field they would take half as long again.
  return {
    messageId,
    channelId: row[1],
    userId: row[2],
    content: row[3],
    timestamp: new Date(row[4]),
    messageType: row[at.messageType],
    replyToMessageId: row[at.replyToMessageId],
    editedAt: editedAt === null ? null : new Date(Number(editedAt)),
    metadata: metadata === null ? null : readJson(String(metadata), 'metadata', { messageId }, parse),
  } satisfies { readonly [Field in keyof Message]: unknown }
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
