import { compareCopies } from './copies.js'
import type { Check } from './inspection.js'

// Each seeks the primary key (block, user_key, message_key), whose blocks are message_key >> 13.
const missing = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through AND NOT EXISTS (
    SELECT 1 FROM user_messages AS entries
    WHERE entries.block = messages.message_key >> 13 AND entries.user_key = messages.user_key
      AND entries.message_key = messages.message_key
  )
  LIMIT :room`
const count = `SELECT count(*) FROM user_messages`
const extra = `
  SELECT entries.block || '/' || entries.user_key || '/' || entries.message_key AS key
  FROM user_messages AS entries
  WHERE entries.message_key > :lastKey OR entries.block <> entries.message_key >> 13 OR NOT EXISTS (
    SELECT 1 FROM messages
    WHERE messages.message_key = entries.message_key AND messages.user_key = entries.user_key
  )
  LIMIT :room`

/** Each user's list of messages against the messages. */
export const userMessages: Check = {
  name: 'userMessages',
  snapshot: 'check',
  run: (inspection) => compareCopies(inspection, { table: 'user_messages', missing, count, extra }),
}
