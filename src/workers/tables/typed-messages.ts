import type { Order } from '../../protocol/parameters.js'
import type { ReadConnection } from '../connection/connection.js'
import { readStretch, type KeysetSql, type Stretch } from '../reading/paging.js'
import { type Place } from '../../protocol/cursors.js'
import { isIndexed } from './indexed-messages.js'

const selectPlaces = `
  SELECT timestamp AS value, message_key AS key FROM typed_messages
  WHERE channel_key = :channelKey AND message_type = :messageType AND ${isIndexed}`
const descending = 'ORDER BY timestamp DESC, message_key DESC LIMIT :limit'
const ascending = 'ORDER BY timestamp ASC, message_key ASC LIMIT :limit'
// All four seek the primary key (channel_key, message_type, timestamp, message_key).
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

/** The type of most messages, which are not in the table: what has it is looked for among all of a channel. */
export const usualType = 'message'

/** A channel's indexed messages of an unusual type, in order. */
export const listTypedPlaces = (
  connection: ReadConnection,
  order: Order,
  stretch: Stretch,
  messageType: string,
): Place[] =>
  readStretch(places, order, { ...stretch, extra: { messageType } }, (sql, params) =>
    connection.all<Place>(sql, params),
  )
