import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { findChannelKey } from './channels.js'
import { countMessages } from './channel-messages.js'
import { isIndexed } from './indexed-messages.js'

/** One slice deletes for so long; its commit comes on top. */
const sliceMs = 15
/** Places looked at between two looks at the clock. */
const placesPerStep = 50

// By each key: a path to a key also finds one that goes on behind a NUL.
const isPinned = `
  iif(
    json_valid(messages.metadata),
    EXISTS (SELECT 1 FROM json_each(messages.metadata) AS fields WHERE fields.key = 'pinned' AND fields.type = 'true'),
    0
  )`

const selectChannel = `SELECT channel_key FROM channels WHERE channel_key >= ? ORDER BY channel_key LIMIT 1`
// Seeks the primary key (channel_key, timestamp, message_key); equal times are passed over.
const selectPlaces = `
  SELECT timestamp, message_key AS messageKey FROM channel_messages AS places
  WHERE channel_key = :channelKey AND timestamp >= :time AND timestamp < :olderThan
    AND (timestamp > :time OR message_key > :messageKey)
  ORDER BY timestamp, message_key LIMIT :limit`
const deleteMessage = `DELETE FROM messages WHERE message_key = ?`
const deleteUnpinned = `DELETE FROM messages WHERE message_key = ? AND NOT ${isPinned}`

// The indexed messages by their places, the unindexed ones by the range of their keys.
const pinnedInChannel = `
  SELECT count(*) AS count
  FROM channel_messages AS places CROSS JOIN main.messages ON messages.message_key = places.message_key
  WHERE places.channel_key = :channelKey AND places.timestamp < :olderThan AND places.${isIndexed} AND ${isPinned}`
const pinnedInAllChannels = `
  SELECT count(*) AS count
  FROM main.channels
  CROSS JOIN channel_messages AS places ON places.channel_key = channels.channel_key
  CROSS JOIN main.messages ON messages.message_key = places.message_key
  WHERE places.timestamp < :olderThan AND places.${isIndexed} AND ${isPinned}`
const pinnedAndUnindexed = `
  SELECT count(*) AS count FROM main.messages
  WHERE message_key > (SELECT last_key FROM indexed_messages WHERE id = 1) AND timestamp < :olderThan
    AND channel_key = coalesce(:channelKey, channel_key) AND ${isPinned}`

/** Where a slice goes on: behind this place of this channel. */
interface SlicePlace {
  readonly channelKey: number
  readonly time: number
  readonly messageKey: number
}

const startOf = (channelKey: number): SlicePlace => ({
  channelKey,
  time: Number.MIN_SAFE_INTEGER,
  messageKey: 0,
})
const shape = /^(\d{1,16})\.(-?\d{1,16})\.(\d{1,16})$/

const encodePlace = ({ channelKey, time, messageKey }: SlicePlace): string =>
  Buffer.from(`${channelKey}.${time}.${messageKey}`).toString('base64url')

function decodePlace(cursor: string): SlicePlace {
  const match = shape.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (match === null) {
    throw new ConvoDbError('INVALID_ARGUMENT', "cursor must be a slice's nextCursor, unchanged", {
      field: 'cursor',
    })
  }
  return { channelKey: Number(match[1]), time: Number(match[2]), messageKey: Number(match[3]) }
}

/**
 * Deletes expired messages for some 15 ms and tells where to go on. A slice that is repeated, after a crash or because
 * nobody knows how it ended, finds less to do and does no harm.
 */
export function deleteExpiredMessages(
  connection: WriteConnection,
  { olderThan, channelId, keepPinned = false, cursor }: WireParams<'deleteExpiredMessages'>,
): WireResult<'deleteExpiredMessages'> {
  const only = channelId === undefined ? undefined : (findChannelKey(connection, channelId) ?? -1)
  const deleteOne = keepPinned ? deleteUnpinned : deleteMessage
  const deadlineMs = performance.now() + sliceMs
  let deletedMessages = 0
  let place = firstPlace(connection, only, cursor)
  while (place !== undefined) {
    const places: readonly Omit<SlicePlace, 'channelKey'>[] = connection
      .all<{ timestamp: number; messageKey: number }>(selectPlaces, {
        ...place,
        olderThan,
        limit: placesPerStep,
      })
      .map(({ timestamp, messageKey }) => ({ time: timestamp, messageKey }))
    for (const { messageKey } of places) deletedMessages += connection.run(deleteOne, [messageKey])
    const last = places.at(-1)
    place = last === undefined ? nextChannel(connection, only, place.channelKey + 1) : { ...place, ...last }
    if (performance.now() > deadlineMs) break
  }
  return { deletedMessages, nextCursor: place === undefined ? null : encodePlace(place) }
}

function firstPlace(connection: ReadConnection, only: number | undefined, cursor: string | undefined) {
  const place = cursor === undefined ? undefined : decodePlace(cursor)
  // A cursor never leads out of the channel that the call names.
  if (place !== undefined && (only === undefined || place.channelKey === only)) return place
  return only === undefined ? nextChannel(connection, only, 0) : startOf(only)
}

function nextChannel(connection: ReadConnection, only: number | undefined, from: number) {
  if (only !== undefined) return undefined
  const [channelKey] = connection.column<number>(selectChannel, [from])
  return channelKey === undefined ? undefined : startOf(channelKey)
}

export function countExpiredMessages(
  connection: ReadConnection,
  { olderThan, channelId, keepPinned = false }: WireParams<'countExpiredMessages'>,
): number {
  const expired = countMessages(connection, { channelId, before: olderThan })
  if (!keepPinned || expired === 0) return expired
  const channelKey = channelId === undefined ? null : (findChannelKey(connection, channelId) ?? -1)
  const count = (sql: string, params: { readonly [name: string]: number | null }): number =>
    connection.get<{ count: number }>(sql, params)?.count ?? 0
  const indexed =
    channelKey === null
      ? count(pinnedInAllChannels, { olderThan })
      : count(pinnedInChannel, { olderThan, channelKey })
  return expired - indexed - count(pinnedAndUnindexed, { olderThan, channelKey })
}
