import { ConvoDbError } from '../../protocol/errors.js'
import type { OnConflict } from '../../protocol/parameters.js'
import { absentExtras, extraColumns, extraNames } from '../../protocol/message-fields.js'
import { hasExtras, unpackColumns } from '../../protocol/message-columns.js'
import type { StoreOutcome } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { messageChecksum, plainMessageChecksum } from '../connection/checksums.js'
import type { BindValue, ReadConnection, WriteConnection } from '../connection/connection.js'
import type { Place } from '../../protocol/cursors.js'
import { isWhole } from '../connection/row-checks.js'
import { ensureChannel, isVisible } from './channels.js'
import { readLastKey } from './last-message-key.js'
import { gatherMessage } from './indexing-rounds.js'
import { gatherWords } from './message-words.js'
import { ensureUser, reviveUser } from './users.js'

export type MessageRecord = WireResult<'updateMessage'>
type NewMessage = Omit<WireParams<'storeMessage'>, 'onConflict'>

// CROSS JOIN keeps this order of the loops: the messages first, then one look-up by key for each one's names.
export const joinNames = `
  CROSS JOIN main.channels ON channels.channel_key = messages.channel_key
  CROSS JOIN main.users ON users.user_key = messages.user_key`
export const recordColumns = `
    messages.message_id AS messageId, channels.channel_id AS channelId, users.user_id AS userId, messages.content,
    messages.timestamp,
    ${extraNames.map((name, index) => `messages.${extraColumns[index]} AS ${name}`).join(', ')}`
const selectById = `SELECT ${recordColumns} FROM messages ${joinNames} WHERE messages.message_id = ?`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const checkById = `SELECT 1 FROM messages WHERE message_id = ? AND ${isWhole('messages')}`
const selectPlaced = `
  SELECT ${recordColumns}, messages.message_key AS key, messages.channel_key AS channelKey
  FROM messages ${joinNames} WHERE messages.message_id = ?`
const selectPlace = `
  SELECT timestamp AS value, message_key AS key, channel_key AS channelKey, user_key AS userKey
  FROM main.messages WHERE message_id = ?`

const insertMessage = `
  INSERT INTO messages (
    message_key, message_id, channel_key, user_key, content, timestamp, checksum, ${extraColumns.join(', ')}
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ${extraColumns.map(() => '?').join(', ')})
  ON CONFLICT (message_id) DO NOTHING`
// Most messages have nothing else: binding seven values instead of eleven is a tenth of the insert.
const insertPlainMessage = `
  INSERT INTO messages (message_key, message_id, channel_key, user_key, content, timestamp, checksum, message_type)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'message')
  ON CONFLICT (message_id) DO NOTHING`
const updateRow = `
  UPDATE messages SET
    channel_key = ?, user_key = ?, content = ?, timestamp = ?, checksum = ?,
    ${extraColumns.map((column) => `${column} = ?`).join(', ')}
  WHERE message_id = ?`
// Embeddings and segment membership go along: foreign keys cascade. Triggers keep the counters.
const deleteRow = `DELETE FROM messages WHERE message_id = ?`
const selectMembership = `
  SELECT segment_id AS segmentId FROM segment_messages
  JOIN conversation_segments USING (segment_key) WHERE message_key = ? LIMIT 1`
/** A message and where it stands. */
export function findPlacedMessage(connection: ReadConnection, messageId: string) {
  const row = connection.get<MessageRecord & { key: number; channelKey: number }>(selectPlaced, [messageId])
  if (row === undefined || !isVisible(connection, row.channelKey)) return undefined
  const { key, channelKey, ...message } = row
  return { message, place: { channelKey, time: message.timestamp, key } }
}

// Seeks the unique index of message_id.
export const findMessage = (connection: ReadConnection, messageId: string): MessageRecord | undefined =>
  isHidden(connection, messageId) ? undefined : connection.get<MessageRecord>(selectById, [messageId])

/** Where a message stands, and whose it is. */
interface MessagePlace extends Place {
  readonly channelKey: number
  readonly userKey: number
}

export function findPlace(connection: ReadConnection, messageId: string): MessagePlace | undefined {
  const place = connection.get<MessagePlace>(selectPlace, [messageId])
  return place !== undefined && isVisible(connection, place.channelKey) ? place : undefined
}

/** Whether whoever asks is held to some channels, and there is no such message in them. */
export const isHidden = (connection: ReadConnection, messageId: string): boolean =>
  connection.scope.isHeld && findPlace(connection, messageId) === undefined

/** @throws NOT_FOUND */
export function requireMessage(connection: ReadConnection, messageId: string): MessagePlace {
  const place = findPlace(connection, messageId)
  if (place === undefined) {
    throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
  }
  return place
}

interface MessageKeys {
  readonly messageKey: number
  readonly channelKey: number
  readonly userKey: number
}

/** Stores one message and tells what happened; a forgotten user's is ignored. @throws ALREADY_EXISTS, CONFLICT, FORBIDDEN */
export function store(
  connection: WriteConnection,
  message: NewMessage,
  onConflict: OnConflict = 'update',
): StoreOutcome {
  const { messageId, channelId, userId, timestamp } = message
  const { memory } = connection
  // A message that is ignored brings no user and no channel into being.
  const mayBring =
    onConflict === 'ignore' && !(memory.userKeys.has(userId) && memory.channelKeys.has(channelId))
  if (mayBring && findPlace(connection, messageId) !== undefined) return 'ignored'
  const userKey = ensureUser(connection, userId, timestamp)
  if (userKey === undefined) return 'ignored'
  const channelKey = ensureChannel(connection, channelId, timestamp)
  const messageKey = (memory.nextMessageKey ??= readLastKey(connection) + 1)
  if (insert(connection, message, { messageKey, channelKey, userKey })) {
    memory.nextMessageKey = messageKey + 1
    const { messageType = 'message' } = message
    gatherMessage(connection, { key: messageKey, channelKey, userKey, timestamp, messageType })
    gatherWords(connection, messageKey, channelKey, timestamp, message.content)
    if (!memory.userKeys.has(userId)) reviveUser(connection, { userKey, userId, firstSeen: timestamp })
    return 'inserted'
  }
  if (isHidden(connection, messageId)) throw taken({ messageId })
  if (onConflict === 'ignore') return 'ignored'
  if (onConflict === 'error') {
    throw new ConvoDbError('ALREADY_EXISTS', `Message '${messageId}' is already stored`, { messageId })
  }
  const current = requireMessage(connection, messageId)
  assertMayMove(connection, messageId, current, channelKey)
  const extras = extrasOf(message)
  const checksum = messageChecksum(channelKey, userKey, message.content, timestamp, ...extras)
  connection.run(updateRow, [channelKey, userKey, message.content, timestamp, checksum, ...extras, messageId])
  // A unindexed message's change fires no trigger that would do it.
  const isNewToUser = current.userKey !== userKey
  if (isNewToUser && !memory.userKeys.has(userId))
    reviveUser(connection, { userKey, userId, firstSeen: timestamp })
  return 'updated'
}

/** An id is one row's in all the database, so this can not be kept from whoever stores it; it is all that is told. */
export const taken = (id: { readonly messageId: string } | { readonly segmentId: string }): ConvoDbError =>
  new ConvoDbError('FORBIDDEN', 'Nothing can be stored under this id here', { ...id })

/** Whether the message is new. */
function insert(connection: WriteConnection, message: NewMessage, keys: MessageKeys): boolean {
  const { messageKey, channelKey, userKey } = keys
  const { messageId, content, timestamp } = message
  if (!hasExtras(message)) {
    const checksum = plainMessageChecksum(channelKey, userKey, content, timestamp)
    const values = [messageKey, messageId, channelKey, userKey, content, timestamp, checksum]
    return connection.run(insertPlainMessage, values) > 0
  }
  const extras = extrasOf(message)
  const checksum = messageChecksum(channelKey, userKey, content, timestamp, ...extras)
  const values = [messageKey, messageId, channelKey, userKey, content, timestamp, checksum, ...extras]
  return connection.run(insertMessage, values) > 0
}

const extrasOf = (message: NewMessage): BindValue[] =>
  extraNames.map((name, index) => message[name] ?? absentExtras[index] ?? null)

/** A segment's members share its channel, so a message that is a member stays where it is. */
function assertMayMove(
  connection: ReadConnection,
  messageId: string,
  current: MessagePlace,
  channelKey: number,
): void {
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
  message: WireParams<'storeMessage'>,
): WireResult<'storeMessage'> {
  return { messageId: message.messageId, outcome: store(connection, message, message.onConflict) }
}

export function addMessages(
  connection: WriteConnection,
  { columns, chunks = [], onConflict }: WireParams<'addMessages'>,
): WireResult<'addMessages'> {
  const counts = { inserted: 0, updated: 0, ignored: 0 }
  for (const chunk of columns === undefined ? chunks : [columns, ...chunks]) {
    const messages = 'messageIds' in chunk ? unpackColumns(chunk) : [chunk]
    for (const message of messages) counts[store(connection, message, onConflict)] += 1
  }
  return counts
}

export function updateMessage(
  connection: WriteConnection,
  { messageId, ...changes }: WireParams<'updateMessage'>,
): WireResult<'updateMessage'> {
  if (isHidden(connection, messageId)) requireMessage(connection, messageId)
  connection.get(checkById, [messageId])
  const current = connection.get<MessageRecord>(selectById, [messageId])
  if (current === undefined) {
    throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
  }
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const edited =
    changes.content === undefined || changes.editedAt !== undefined ? {} : { editedAt: Date.now() }
  store(connection, { ...current, ...given, ...edited }, 'update')
  return connection.get<MessageRecord>(selectById, [messageId]) ?? current
}

export function deleteMessages(
  connection: WriteConnection,
  { messageIds }: WireParams<'deleteMessages'>,
): number {
  return messageIds.reduce(
    (count, messageId) =>
      count + (isHidden(connection, messageId) ? 0 : connection.run(deleteRow, [messageId])),
    0,
  )
}
