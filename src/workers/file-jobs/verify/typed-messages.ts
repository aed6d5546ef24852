import { compareCopies } from './copies.js'
import type { Check } from './inspection.js'

// Each seeks the primary key (channel_key, message_type, timestamp, message_key).
const missing = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through AND message_type <> 'message' AND NOT EXISTS (
    SELECT 1 FROM typed_messages AS places
    WHERE places.channel_key = messages.channel_key AND places.message_type = messages.message_type
      AND places.timestamp = messages.timestamp AND places.message_key = messages.message_key
  )
  LIMIT :room`
const count = `SELECT count(*) FROM typed_messages WHERE message_key <= :lastKey`
const countOriginals = `
  SELECT count(*) FROM messages
  WHERE message_key > :after AND message_key <= :through AND message_type <> 'message'`
const extra = `
  SELECT places.channel_key || '/' || places.message_type || '/' || places.timestamp || '/' || places.message_key AS key
  FROM typed_messages AS places
  WHERE places.message_key > :after AND (places.message_type = 'message' OR NOT EXISTS (
    SELECT 1 FROM messages
    WHERE messages.message_key = places.message_key AND messages.channel_key = places.channel_key
      AND messages.message_type = places.message_type AND messages.timestamp = places.timestamp
  ))
  LIMIT :room`

/** The order of each channel's messages of unusual types against the messages. */
export const typedMessages: Check = {
  name: 'typedMessages',
  snapshot: 'check',
  run: (inspection) =>
    compareCopies(inspection, { table: 'typed_messages', missing, count, countOriginals, extra }),
}
