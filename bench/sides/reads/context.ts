import { messageColumns, messageJoins, placeJoin, toMessage, type MessageRow } from './message-rows.js'
import type { Read } from './read.js'

interface Place {
  readonly channelKey: number
  readonly time: number
  readonly key: number
}

const neighbours = 5
const selectById = `
  SELECT ${messageColumns}, messages.channel_key AS channelKey, messages.message_key AS key
  FROM messages ${messageJoins} WHERE messages.message_id = ?`

/** Two seeks of the index, as ConvoDB does it: a row-value comparison would seek its first column only. */
const selectNeighbours = (order: 'ASC' | 'DESC', beyond: '<' | '>'): string => `
  SELECT * FROM (
    SELECT ${messageColumns} FROM channel_messages AS places ${placeJoin} ${messageJoins}
    WHERE places.channel_key = :channelKey AND places.timestamp = :time AND places.message_key ${beyond} :key
    ORDER BY places.message_key ${order} LIMIT ${neighbours}
  )
  UNION ALL
  SELECT * FROM (
    SELECT ${messageColumns} FROM channel_messages AS places ${placeJoin} ${messageJoins}
    WHERE places.channel_key = :channelKey AND places.timestamp ${beyond} :time
    ORDER BY places.timestamp ${order}, places.message_key ${order} LIMIT ${neighbours}
  )
  LIMIT ${neighbours}`

const messageOf = (messageIds: readonly string[], index: number): string =>
  messageIds[(index * 7919) % messageIds.length] ?? ''

/** A message with the five before and the five after it. */
export const context: Read = {
  viaFacade:
    (db, { messageIds }) =>
    (index) =>
      db.getMessageContext({
        messageId: messageOf(messageIds, index),
        before: neighbours,
        after: neighbours,
      }),
  direct: (database, { messageIds }) => {
    const byId = database.prepare<[string], MessageRow & Omit<Place, 'time'>>(selectById)
    const earlier = database.prepare<[Place], MessageRow>(selectNeighbours('DESC', '<'))
    const later = database.prepare<[Place], MessageRow>(selectNeighbours('ASC', '>'))
    return (index) => {
      const row = byId.get(messageOf(messageIds, index))
      if (row === undefined) return undefined
      const place = { channelKey: row.channelKey, time: row.timestamp, key: row.key }
      return {
        before: earlier.all(place).map(toMessage).toReversed(),
        message: toMessage(row),
        after: later.all(place).map(toMessage),
      }
    }
  },
}
