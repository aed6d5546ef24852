import { ConvoDbError } from '../../protocol/errors.js'
import type { OnConflict } from '../../protocol/fields.js'
import type { MessageRow, MessageRows } from '../../protocol/message-rows.js'
import type { StoreOutcome } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { flushActivity } from '../activity.js'
import type { ReadConnection, WriteConnection } from '../connection.js'
import type { Place } from '../cursor.js'
import { afterAllTime, beforeAllTime, readPage, readStretch, type Listing } from '../keyset.js'
import { countFromCounters, ensureChannel, findChannelKey } from './channels.js'
import { ensureUser } from './users.js'

type MessageRecord = WireResult<'updateMessage'>
type NewMessage = WireParams<'addMessages'>['messages'][number]

// CROSS JOIN keeps this order of the loops: the messages first, then one look-up by key for each one's names.
export const joinNames = `
  CROSS JOIN channels ON channels.channel_key = messages.channel_key
  CROSS JOIN users ON users.user_key = messages.user_key`
const selectRecords = `
  SELECT
    messages.message_id AS messageId, channels.channel_id AS channelId, users.user_id AS userId, messages.content,
    messages.timestamp, messages.message_type AS messageType, messages.reply_to_message_id AS replyToMessageId,
    messages.edited_at AS editedAt, messages.metadata
  FROM messages ${joinNames}`
const selectById = `${selectRecords} WHERE messages.message_id = ?`
// The columns of a MessageRow.
export const messageColumns = `
  messages.message_id, channels.channel_id, users.user_id, messages.content, messages.timestamp,
  messages.message_type, messages.reply_to_message_id, messages.edited_at, messages.metadata`
// One look-up by id a row, in the order asked: a list in JSON costs half of as many statements.
const selectRowsByIds = `
  SELECT json_array(${messageColumns})
  FROM json_each(?) AS asked CROSS JOIN messages ON messages.message_id = asked.value ${joinNames}
  ORDER BY asked.key`
// A listing is of one channel, whose id is bound.
const selectRows = `
  SELECT json_array(
    messages.message_id, :channelId, users.user_id, messages.content, messages.timestamp, messages.message_type,
    messages.reply_to_message_id, messages.edited_at, messages.metadata)
  FROM messages CROSS JOIN users ON users.user_key = messages.user_key`
const selectPlace = `
  SELECT timestamp AS value, message_key AS key, channel_key AS channelKey FROM messages WHERE message_id = ?`

// All four seek messages_by_channel (channel_key, timestamp, message_key).
const listing: Listing<string> = {
  desc: {
    sameTime: `${selectRows}
      WHERE messages.channel_key = :channelKey AND messages.timestamp = :time AND messages.message_key < :key
      ORDER BY messages.message_key DESC LIMIT :limit`,
    beyond: `${selectRows}
      WHERE messages.channel_key = :channelKey AND messages.timestamp < :time AND messages.timestamp > :end
      ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT :limit`,
  },
  asc: {
    sameTime: `${selectRows}
      WHERE messages.channel_key = :channelKey AND messages.timestamp = :time AND messages.message_key > :key
      ORDER BY messages.message_key ASC LIMIT :limit`,
    beyond: `${selectRows}
      WHERE messages.channel_key = :channelKey AND messages.timestamp > :time AND messages.timestamp < :end
      ORDER BY messages.timestamp ASC, messages.message_key ASC LIMIT :limit`,
  },
  read: (connection, sql, params) => connection.column<string>(sql, params),
  placeOf: (connection, row) => {
    const [messageId]: MessageRow = JSON.parse(row)
    return requireMessage(connection, messageId)
  },
}

const insertMessage = `
  INSERT INTO messages (
    message_key, message_id, channel_key, user_key, content, timestamp, message_type, reply_to_message_id, edited_at, metadata
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (message_id) DO NOTHING`
const selectLastKey = `
  SELECT max(
    (SELECT coalesce(max(message_key), 0) FROM messages),
    (SELECT last_key FROM deleted_message_keys WHERE id = 1)
  ) AS lastKey`
const updateRow = `
  UPDATE messages SET
    channel_key = ?, user_key = ?, content = ?, timestamp = ?, message_type = ?, reply_to_message_id = ?,
    edited_at = ?, metadata = ?
  WHERE message_id = ?`
// Embeddings and segment membership go along: foreign keys cascade. Triggers keep the counters.
const deleteRow = `DELETE FROM messages WHERE message_id = ?`
const selectMembership = `
  SELECT segment_id AS segmentId FROM segment_messages
  JOIN conversation_segments USING (segment_key) WHERE message_key = ? LIMIT 1`
// One range of messages_by_channel a channel.
const countInChannel = `
  SELECT count(*) AS count FROM messages WHERE channel_key = ? AND timestamp > ? AND timestamp < ?`
const countInAllChannels = `
  SELECT count(*) AS count FROM channels CROSS JOIN messages ON messages.channel_key = channels.channel_key
  WHERE messages.timestamp > ? AND messages.timestamp < ?`

/** Where a message stands. @throws NOT_FOUND */
export function requireMessage(
  connection: ReadConnection,
  messageId: string,
): Place & { readonly channelKey: number } {
  const place = connection.get<Place & { channelKey: number }>(selectPlace, [messageId])
  if (place === undefined) {
    throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
  }
  return place
}

function store(connection: WriteConnection, message: NewMessage, onConflict: OnConflict): StoreOutcome {
  const { messageId, channelId, userId, timestamp } = message
  const { memory } = connection
  const channelKey = ensureChannel(connection, channelId, timestamp)
  const userKey = ensureUser(connection, userId, timestamp)
  const values = [
    channelKey,
    userKey,
    message.content,
    timestamp,
    message.messageType ?? 'message',
    message.replyToMessageId ?? null,
    message.editedAt ?? null,
    message.metadata ?? null,
  ] as const
  const messageKey = memory.nextMessageKey ?? readLastKey(connection) + 1
  memory.nextMessageKey = messageKey + 1
  if (connection.run(insertMessage, [messageKey, messageId, ...values]) > 0) {
    memory.noteMessage(channelKey, userKey, timestamp)
    return 'inserted'
  }
  if (onConflict === 'ignore') return 'ignored'
  if (onConflict === 'error') {
    throw new ConvoDbError('ALREADY_EXISTS', `Message '${messageId}' is already stored`, { messageId })
  }
  // The update's trigger moves counters, which must hold what came before.
  flushActivity(connection)
  assertMayMove(connection, messageId, channelKey)
  connection.run(updateRow, [...values, messageId])
  return 'updated'
}

function readLastKey(connection: ReadConnection): number {
  return connection.get<{ lastKey: number }>(selectLastKey)?.lastKey ?? 0
}

/** A segment's members share its channel, so a message that is a member stays where it is. */
function assertMayMove(connection: ReadConnection, messageId: string, channelKey: number): void {
  const current = requireMessage(connection, messageId)
  if (current.channelKey === channelKey) return
  const membership = connection.get<{ segmentId: string }>(selectMembership, [current.key])
  if (membership === undefined) return
  throw new ConvoDbError(
    'CONFLICT',
    `Message '${messageId}' is in segment '${membership.segmentId}' of another channel; it can not change channels`,
    { messageId, segmentId: membership.segmentId },
  )
}

export function storeMessage(
  connection: WriteConnection,
  { onConflict = 'update', ...message }: WireParams<'storeMessage'>,
): WireResult<'storeMessage'> {
  return { messageId: message.messageId, outcome: store(connection, message, onConflict) }
}

export function addMessages(
  connection: WriteConnection,
  { messages, onConflict = 'update' }: WireParams<'addMessages'>,
): WireResult<'addMessages'> {
  const counts = { inserted: 0, updated: 0, ignored: 0 }
  for (const message of messages) counts[store(connection, message, onConflict)] += 1
  return counts
}

/** JSON text of rows that are JSON text already. */
export const toRows = (rows: readonly string[]): MessageRows => `[${rows.join(',')}]`

export function getMessages(
  connection: ReadConnection,
  { channelId, ...page }: WireParams<'getMessages'>,
): WireResult<'getMessages'> {
  const channelKey = findChannelKey(connection, channelId)
  const { items, nextCursor } = readPage(connection, listing, channelKey, page, { channelId })
  return { items: toRows(items), nextCursor }
}

export function getMessagesByIds(
  connection: ReadConnection,
  { messageIds }: WireParams<'getMessagesByIds'>,
): MessageRows {
  return toRows(connection.column<string>(selectRowsByIds, [JSON.stringify(messageIds)]))
}

export function getMessageContext(
  connection: ReadConnection,
  { messageId, before = 5, after = 5 }: WireParams<'getMessageContext'>,
): WireResult<'getMessageContext'> {
  const message = connection.get<MessageRecord>(selectById, [messageId])
  if (message === undefined) return undefined
  const { value: time, key, channelKey } = requireMessage(connection, messageId)
  const place = { channelKey, time, key, extra: { channelId: message.channelId } }
  const earlier = readStretch(connection, listing, 'desc', { ...place, end: beforeAllTime, limit: before })
  const later = readStretch(connection, listing, 'asc', { ...place, end: afterAllTime, limit: after })
  return { before: toRows(earlier.toReversed()), message, after: toRows(later) }
}

export function updateMessage(
  connection: WriteConnection,
  { messageId, ...changes }: WireParams<'updateMessage'>,
): WireResult<'updateMessage'> {
  const current = connection.get<MessageRecord>(selectById, [messageId])
  if (current === undefined) {
    throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
  }
  const { content, timestamp, messageType, replyToMessageId, metadata } = changes
  const editedAt = changes.editedAt ?? (content === undefined ? current.editedAt : Date.now())
  store(
    connection,
    {
      ...current,
      content: content ?? current.content,
      timestamp: timestamp ?? current.timestamp,
      messageType: messageType ?? current.messageType,
      replyToMessageId: replyToMessageId === undefined ? current.replyToMessageId : replyToMessageId,
      editedAt: changes.editedAt === null ? null : editedAt,
      metadata: metadata === undefined ? current.metadata : metadata,
    },
    'update',
  )
  return connection.get<MessageRecord>(selectById, [messageId]) ?? current
}

export function deleteMessages(
  connection: WriteConnection,
  { messageIds }: WireParams<'deleteMessages'>,
): number {
  return messageIds.reduce((count, messageId) => count + connection.run(deleteRow, [messageId]), 0)
}

export function countMessages(
  connection: ReadConnection,
  { channelId, before, after }: WireParams<'countMessages'>,
): number {
  if (before === undefined && after === undefined) return countFromCounters(connection, channelId)
  const range = [after ?? beforeAllTime, before ?? afterAllTime] as const
  if (channelId === undefined) {
    return connection.get<{ count: number }>(countInAllChannels, range)?.count ?? 0
  }
  const channelKey = findChannelKey(connection, channelId)
  if (channelKey === undefined) return 0
  return connection.get<{ count: number }>(countInChannel, [channelKey, ...range])?.count ?? 0
}
