import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams } from '../../protocol/operations.js'
import type { ReadConnection } from '../connection/connection.js'
import { afterAllTime, decodeCursor, type Place } from '../../protocol/cursors.js'
import { findChannelKey } from './channels.js'
import { isIndexed } from './indexed-messages.js'
import { findPlace } from './messages.js'

// Both are a range of the primary key (channel_key, timestamp, message_key).
const countSameTime = `
  SELECT count(*) FROM (
    SELECT 1 FROM channel_messages
    WHERE channel_key = :channelKey AND timestamp = :time AND message_key > :key AND ${isIndexed} LIMIT :limit
  ) AS unread`
const countBeyond = `
  SELECT count(*) FROM (
    SELECT 1 FROM channel_messages WHERE channel_key = :channelKey AND timestamp > :time AND ${isIndexed} LIMIT :limit
  ) AS unread`

type Params = WireParams<'countUnread'>

/** @throws INVALID_ARGUMENT, NOT_FOUND */
export function countUnread(connection: ReadConnection, params: Params): number {
  const { channelId, upTo = Number.MAX_SAFE_INTEGER } = params
  const place = placeOf(params)
  const channelKey = findChannelKey(connection, channelId)
  const { value: time, key } = place ?? findRead(connection, channelKey, params.afterMessageId)
  if (channelKey === undefined) return 0
  const count = (sql: string, limit: number): number =>
    connection.column<number>(sql, { channelKey, time, limit, ...(sql === countSameTime && { key }) })[0] ?? 0
  const waiting = connection.unindexed.list(channelKey, 'asc', { time, key, end: afterAllTime }, upTo).length
  const same = count(countSameTime, upTo - waiting)
  return waiting + same + count(countBeyond, upTo - waiting - same)
}

/** The place that the parameters name; undefined where they name a message. */
function placeOf({ afterMessageId, after, cursor }: Params): Place | undefined {
  const given = [afterMessageId, after, cursor].filter((value) => value !== undefined)
  if (given.length !== 1) {
    const message = 'One of afterMessageId, after and cursor must say up to where messages were read'
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'afterMessageId' })
  }
  if (cursor !== undefined) return decodeCursor(cursor)
  return after === undefined ? undefined : { value: after, key: Number.MAX_SAFE_INTEGER }
}

/** Where a message of this channel stands. @throws NOT_FOUND */
function findRead(connection: ReadConnection, channelKey: number | undefined, messageId = ''): Place {
  const place = findPlace(connection, messageId)
  if (place !== undefined && place.channelKey === channelKey) return place
  throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}' in this channel`, { messageId })
}
