import { messageColumns, messageJoins, toMessage, type MessageRow } from './message-rows.js'
import type { Read } from './read.js'

const idsPerCall = 50
const selectById = `SELECT ${messageColumns} FROM messages ${messageJoins} WHERE messages.message_id = ?`

// One statement for all; the key of json_each is the place in the list.
const selectByIds = `
  SELECT ${messageColumns} FROM json_each(?) AS ids
  CROSS JOIN messages ON messages.message_id = ids.value ${messageJoins}
  ORDER BY ids.key`

/** Ids from all over the archive, other ones for each call. */
const idsOf = (messageIds: readonly string[], index: number): string[] =>
  Array.from(
    { length: idsPerCall },
    (_, place) => messageIds[((index * idsPerCall + place) * 7919) % messageIds.length] ?? '',
  )

/** 50 messages by their ids, in the order asked. */
export const byIds: Read = {
  viaFacade:
    (db, { messageIds }) =>
    (index) =>
      db.getMessagesByIds(idsOf(messageIds, index)),
  direct: (database, { messageIds }) => {
    const byId = database.prepare<[string], MessageRow>(selectById)
    return (index) =>
      idsOf(messageIds, index).flatMap((id) => {
        const row = byId.get(id)
        return row === undefined ? [] : toMessage(row)
      })
  },
}

/** The same, directly by one statement. */
export const byIdsAtOnce: Read = {
  viaFacade: byIds.viaFacade,
  direct: (database, { messageIds }) => {
    const byAllIds = database.prepare<[string], MessageRow>(selectByIds)
    return (index) => byAllIds.all(JSON.stringify(idsOf(messageIds, index))).map(toMessage)
  },
}
