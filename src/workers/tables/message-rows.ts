import { ConvoDbError } from '../../protocol/errors.js'
import { extraColumns, extraKindOf, extraNames, type ExtraKind } from '../../protocol/message-fields.js'
import type { MessageRow } from '../../protocol/message-rows.js'
import type { ReadConnection } from '../connection/connection.js'
import type { Place } from '../../protocol/cursors.js'
import type { Row } from '../reading/pack-answer.js'
import { joinNames, recordColumns, requireMessage, type MessageRecord } from './messages.js'

// The columns of a MessageRow, where the channel's id is bound or read.
export const messageColumns = (channelId = 'channels.channel_id'): string => `
  messages.message_id, ${channelId}, users.user_id, messages.content, messages.timestamp,
  ${extraColumns.map((column) => `messages.${column}`).join(', ')}`
// Longer texts are not written as JSON, which takes too long to read: in the row's place stands its key.
export const unlessLong = (json: string): string => `
  iif(
    octet_length(messages.content) + coalesce(octet_length(messages.metadata), 0) > 65536, messages.message_key, ${json}
  )`
const selectByKey = `SELECT ${recordColumns} FROM messages ${joinNames} WHERE messages.message_key = ?`
const selectSearched = `
  SELECT timestamp, message_type AS messageType FROM main.messages WHERE message_key = ?`
const selectContent = `SELECT content FROM messages WHERE message_key = ?`
const selectPlaceByKey = `
  SELECT timestamp AS value, message_key AS key FROM main.messages WHERE message_key = ?`

// Milliseconds since 1970 as ISO 8601, as JavaScript writes it, of the years from 1970 to 9999; strftime takes twice as long.
const isoTime = (column: string): string =>
  `replace(datetime(messages.${column} / 1000.0, 'unixepoch', 'subsec'), ' ', 'T') || 'Z'`
const orNull = (column: string, sql: string): string => `iif(messages.${column} IS NULL, NULL, ${sql})`
const extraObjects: { readonly [Kind in ExtraKind]: (column: string) => string } = {
  text: (column) => `messages.${column}`,
  time: (column) => orNull(column, isoTime(column)),
  json: (column) => orNull(column, `json(messages.${column})`),
}
const isWritable: { readonly [Kind in ExtraKind]: (column: string) => readonly string[] } = {
  text: () => [],
  time: (column) => [`coalesce(messages.${column}, 0) BETWEEN 0 AND 253402300799999`],
  json: (column) => [`coalesce(json_valid(messages.${column}), 1)`],
}
const extras = extraNames.map((name, index) => ({
  name,
  kind: extraKindOf(name),
  column: extraColumns[index] ?? name,
}))
const areWritable = [
  ...isWritable.time('timestamp'),
  ...extras.flatMap(({ kind, column }) => isWritable[kind](column)),
].join(' AND ')
/** The message as callers of HTTP get it, its channel's id bound; what SQLite can not write so stands as its key, like long rows. */
export const messageObject = (channelId: string): string => `
  iif(${areWritable}, ${unlessLong(`json_object(
    'messageId', messages.message_id, 'channelId', ${channelId}, 'userId', users.user_id, 'content', messages.content,
    'timestamp', ${isoTime('timestamp')},
    ${extras.map(({ name, kind, column }) => `'${name}', ${extraObjects[kind](column)}`).join(', ')}
  )`)}, messages.message_key)`
// A row of the changes. Messages of other channels than the one that is asked for are passed over.
const changeRow = (messageKey: string): string => `
  iif(
    :channelKey IS NULL OR messages.channel_key = :channelKey,
    ${unlessLong(`
    json_array(${messageColumns()}, :kind, CAST(${messageKey} AS INTEGER), CAST(:changeId AS INTEGER))`)},
    NULL
  )`
// A range of the primary key.
const selectStored = `
  SELECT messages.message_key AS key, ${changeRow('messages.message_key')} AS row
  FROM messages ${joinNames}
  WHERE messages.message_key > :after AND messages.message_key <= :upTo ORDER BY messages.message_key LIMIT :limit`
const selectChanged = `
  SELECT messages.message_key AS key, ${changeRow(':messageKey')} AS row
  FROM messages ${joinNames} WHERE messages.message_key = :key`

/** What a search goes by, beside the words. */
export interface SearchedRow {
  readonly timestamp: number
  readonly messageType: string
}

/** Undefined where the message is gone. */
export const findSearchedRow = (connection: ReadConnection, key: number): SearchedRow | undefined =>
  connection.get<SearchedRow>(selectSearched, [key])

export const readContent = (connection: ReadConnection, key: number): string =>
  connection.column<string>(selectContent, [key])[0] ?? ''

/** Undefined where the message is gone. */
export const findByKey = (connection: ReadConnection, key: number): MessageRecord | undefined =>
  connection.get<MessageRecord>(selectByKey, [key])

/** A row as JSON or, where it is long, its key. */
export type FoundRow = string | number

/** The row; a long one value by value. */
export function loadRow(connection: ReadConnection, found: FoundRow): string | MessageRow {
  if (typeof found === 'string') return found
  const record = findByKey(connection, found)
  if (record === undefined)
    throw new ConvoDbError('INTERNAL', `The message ${found} is gone from its snapshot`)
  return valuesOf(record)
}

/** A message value by value. */
export const valuesOf = (record: MessageRecord): MessageRow => {
  const { messageId, channelId, userId, content, timestamp } = record
  return [messageId, channelId, userId, content, timestamp, ...extraNames.map((name) => record[name])]
}

/** A row of a message as its values. */
export function toValues(row: Row): MessageRow
export function toValues(row: Row): unknown {
  return typeof row === 'string' ? JSON.parse(row) : row
}

/** A message as a change; null where it is of another channel than the one asked for. */
interface FoundChange {
  readonly key: number
  readonly row: FoundRow | null
}

/** Which changes are asked for, and where the ones that are read stand. */
interface ChangeScope {
  /** Null: of all channels. */
  readonly channelKey: number | null
  readonly changeId: number
}

/** Up to `limit` messages whose keys lie behind one and not behind another, as they were stored. */
export const listStoredMessages = (
  connection: ReadConnection,
  stretch: ChangeScope & { readonly after: number; readonly upTo: number; readonly limit: number },
): FoundChange[] => connection.all<FoundChange>(selectStored, { ...stretch, kind: 'messageStored' })

/** A message that was changed. */
export const findChangedMessage = (
  connection: ReadConnection,
  change: ChangeScope & { readonly key: number; readonly messageKey: number },
): FoundChange | undefined =>
  connection.get<FoundChange>(selectChanged, { ...change, kind: 'messageUpdated' })

/** Where a row stands. */
export function placeOfRow(connection: ReadConnection, found: FoundRow): Place {
  if (typeof found === 'number') {
    const place = connection.get<Place>(selectPlaceByKey, [found])
    if (place !== undefined) return place
    throw new ConvoDbError('INTERNAL', `The message ${found} is gone from its snapshot`)
  }
  return requireMessage(connection, messageIdOf(found))
}

/** Of a row, or of the message that was written from it. */
export function messageIdOf(found: string): string {
  const parsed: MessageRow | { readonly messageId: string } = JSON.parse(found)
  return 'messageId' in parsed ? parsed.messageId : parsed[0]
}

export function lengthOfRow(row: Row): number {
  if (typeof row === 'string') return row.length
  return row.reduce<number>((length, value) => length + (typeof value === 'string' ? value.length : 0), 0)
}
