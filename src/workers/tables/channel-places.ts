import type { Order } from '../../protocol/parameters.js'
import type { ReadConnection } from '../connection/connection.js'
import { readStretch, type KeysetSql } from '../reading/paging.js'
import { afterAllTime, beforeAllTime, comparePlaces, type Place } from '../../protocol/cursors.js'
import { isIndexed } from './indexed-messages.js'

const selectPlaces = `
  SELECT timestamp AS value, message_key AS key FROM channel_messages WHERE channel_key = :channelKey AND ${isIndexed}`
const descending = 'ORDER BY timestamp DESC, message_key DESC LIMIT :limit'
const ascending = 'ORDER BY timestamp ASC, message_key ASC LIMIT :limit'
// All four seek the primary key (channel_key, timestamp, message_key).
const places: KeysetSql = {
  desc: {
    sameTime: `${selectPlaces} AND timestamp = :time AND message_key < :key ${descending}`,
    beyond: `${selectPlaces} AND timestamp < :time AND timestamp > :end ${descending}`,
  },
  asc: {
    sameTime: `${selectPlaces} AND timestamp = :time AND message_key > :key ${ascending}`,
    beyond: `${selectPlaces} AND timestamp > :time AND timestamp < :end ${ascending}`,
  },
}

/** Where the messages stand that are next to a place in their channel's order, up to so many and to a time, exclusive, the nearest first. */
export function listPlaces(
  connection: ReadConnection,
  channelKey: number,
  order: Order,
  { value: time, key }: Place,
  limit: number,
  end = order === 'desc' ? beforeAllTime : afterAllTime,
): Place[] {
  const stretch = { channelKey, time, key, end, limit }
  const indexed = readStretch(places, order, stretch, (sql, params) => connection.all<Place>(sql, params))
  const unindexed = connection.unindexed.list(channelKey, order, stretch, limit)
  if (unindexed.length === 0) return indexed
  const rising = [...indexed, ...unindexed.map((message) => ({ value: message.timestamp, key: message.key }))]
  const sign = order === 'desc' ? -1 : 1
  return rising.toSorted((one, other) => sign * comparePlaces(one, other)).slice(0, limit)
}
