import { compareCopies, lastIndexedKey } from './copies.js'
import type { Check, Inspection } from './inspection.js'
import { messagesByKey, walk } from './walk.js'

// Each seeks the primary key (block, user_key, timestamp, message_key), whose blocks are message_key >> 13.
const missing = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through AND NOT EXISTS (
    SELECT 1 FROM user_messages AS entries
    WHERE entries.block = messages.message_key >> 13 AND entries.user_key = messages.user_key
      AND entries.timestamp = messages.timestamp AND entries.message_key = messages.message_key
      AND entries.channel_key = messages.channel_key
  )
  LIMIT :room`
const count = `SELECT count(*) FROM user_messages WHERE message_key <= :lastKey`
const extra = `
  SELECT entries.block || '/' || entries.user_key || '/' || entries.message_key AS key
  FROM user_messages AS entries
  WHERE entries.message_key > :after AND (entries.block <> entries.message_key >> 13 OR NOT EXISTS (
    SELECT 1 FROM messages
    WHERE messages.message_key = entries.message_key AND messages.user_key = entries.user_key
      AND messages.timestamp = entries.timestamp AND messages.channel_key = entries.channel_key
  ))
  LIMIT :room`

// A look-up by the primary key for each message.
const outside = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through AND NOT EXISTS (
    SELECT 1 FROM block_times
    WHERE block_times.block = messages.message_key >> 13
      AND messages.timestamp BETWEEN block_times.earliest AND block_times.latest
  )
  LIMIT :room`
const behind = `SELECT block AS key FROM block_times WHERE block > :lastKey >> 13 OR block < 0 LIMIT :room`

/** Each user's list of messages against the messages. */
export const userMessages: Check = {
  name: 'userMessages',
  snapshot: 'check',
  run(inspection) {
    compareCopies(inspection, { table: 'user_messages', missing, count, extra })
    compareTimes(inspection)
  },
}

/** The times of each block against those of its messages. They may be further apart: of messages that are gone. */
function compareTimes(inspection: Inspection): void {
  const { connection } = inspection
  const lastKey = lastIndexedKey(inspection)
  walk(inspection, messagesByKey, ({ after, through }) => {
    const range = { after, through: Math.min(through, lastKey), room: inspection.room }
    const rows = connection.all<{ key: number }>(outside, range)
    inspection.reportRows('messages', rows, 'It is outside the times of its block in block_times')
  })
  const rows = connection.all<{ key: number }>(behind, { lastKey, room: inspection.room })
  inspection.reportRows('block_times', rows, 'No indexed message belongs to it')
}
