import { compareCopies } from './copies.js'
import type { Check } from './inspection.js'

// Each seeks the primary key (channel_key, timestamp, message_key).
const missing = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through AND NOT EXISTS (
    SELECT 1 FROM channel_messages AS places
    WHERE places.channel_key = messages.channel_key AND places.timestamp = messages.timestamp
      AND places.message_key = messages.message_key
  )
  LIMIT :room`
const count = `SELECT count(*) FROM channel_messages WHERE message_key <= :lastKey`
const extra = `
  SELECT places.channel_key || '/' || places.timestamp || '/' || places.message_key AS key
  FROM channel_messages AS places
  WHERE places.message_key > :after AND NOT EXISTS (
    SELECT 1 FROM messages
    WHERE messages.message_key = places.message_key AND messages.channel_key = places.channel_key
      AND messages.timestamp = places.timestamp
  )
  LIMIT :room`

/** The order of each channel's messages against the messages. */
export const places: Check = {
  name: 'places',
  snapshot: 'check',
  run: (inspection) => compareCopies(inspection, { table: 'channel_messages', missing, count, extra }),
}
