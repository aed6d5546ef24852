import { channelToRead } from '../../rows.js'
import { messageColumns, messageJoins, placeJoin, toMessage, type MessageRow } from './message-rows.js'
import type { Read } from './read.js'

const messagesPerPage = 100
const selectKey = 'SELECT channel_key FROM channels WHERE channel_id = ?'
// A row more than the page tells whether another follows.
const selectPage = `
  SELECT ${messageColumns} FROM channel_messages AS places ${placeJoin} ${messageJoins}
  WHERE places.channel_key = ?
  ORDER BY places.timestamp DESC, places.message_key DESC LIMIT ${messagesPerPage + 1}`

/** The latest 100 messages of one channel after another. */
export const pages: Read = {
  viaFacade: (db) => async (index) => {
    const { items, nextCursor } = await db.getMessages({
      channelId: channelToRead(index),
      limit: messagesPerPage,
    })
    return { items, hasMore: nextCursor !== null }
  },
  direct: (database) => {
    const keyOf = database.prepare<[string], number>(selectKey).pluck()
    const page = database.prepare<[number], MessageRow>(selectPage)
    return (index) => {
      const rows = page.all(keyOf.get(channelToRead(index)) ?? 0)
      const hasMore = rows.length > messagesPerPage
      if (hasMore) rows.pop()
      return { items: rows.map(toMessage), hasMore }
    }
  },
}
