import { join } from 'node:path'
import { openDatabase } from 'convodb'
import type { Peer } from '../peer.js'
import { channelToRead, createRows } from '../rows.js'
import { messagesPerPage } from './convodb-pages.js'
import { openSynchronously, sqliteVersion } from './sqlite.js'

const selectKey = 'SELECT channel_key FROM channels WHERE channel_id = ?'
/** As in ConvoDB's messages table file; a row more than the page tells whether another follows. */
const selectPage = `
  SELECT
    messages.message_id AS messageId, channels.channel_id AS channelId, users.user_id AS userId, messages.content,
    messages.timestamp, messages.message_type AS messageType, messages.reply_to_message_id AS replyToMessageId,
    messages.edited_at AS editedAt, messages.metadata
  FROM messages
  CROSS JOIN channels ON channels.channel_key = messages.channel_key
  CROSS JOIN users ON users.user_key = messages.user_key
  WHERE messages.channel_key = ?
  ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT ${messagesPerPage + 1}`

/** better-sqlite3 on the calling thread: the same pages by the same SQL, the thread blocked meanwhile. */
export const sqlitePages: Peer = async ({ folder, rows, pages }) => {
  const path = join(folder, 'bench.db')
  const db = await openDatabase(path)
  await db.addMessages(createRows(rows))
  await db.close()
  const database = openSynchronously(path)
  const keyOf = database.prepare<[string], number>(selectKey).pluck()
  const page = database.prepare<[number]>(selectPage)
  const startMs = performance.now()
  for (let index = 0; index < pages; index += 1) {
    page.all(Number(keyOf.get(channelToRead(index)) ?? 0))
  }
  const elapsedMs = performance.now() - startMs
  database.close()
  return { items: pages, elapsedMs, sqliteVersion: sqliteVersion() }
}
