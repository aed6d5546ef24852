import type { Check } from './inspection.js'
import { membersBySegment, messagesByKey, walk } from './walk.js'

const withoutChannel = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through
    AND NOT EXISTS (SELECT 1 FROM channels WHERE channels.channel_key = messages.channel_key)
  LIMIT :room`
const withoutUser = `
  SELECT message_key AS key FROM messages
  WHERE message_key > :after AND message_key <= :through
    AND NOT EXISTS (SELECT 1 FROM users WHERE users.user_key = messages.user_key)
  LIMIT :room`
const inOtherChannel = `
  SELECT members.segment_key || '/' || members.position || '/' || members.message_key AS key
  FROM segment_messages AS members
  CROSS JOIN conversation_segments AS segments ON segments.segment_key = members.segment_key
  CROSS JOIN messages ON messages.message_key = members.message_key
  WHERE members.segment_key > :after AND members.segment_key <= :through
    AND messages.channel_key IS NOT segments.channel_key
  LIMIT :room`

/** What has no foreign key: a message's channel and user, and that a segment's members are of its channel. */
export const references: Check = {
  name: 'references',
  snapshot: 'slice',
  run(inspection) {
    const { connection } = inspection
    walk(inspection, messagesByKey, (range) => {
      const find = (sql: string) => connection.all<{ key: number }>(sql, { ...range, room: inspection.room })
      inspection.reportRows('messages', find(withoutChannel), 'Its channel is not there')
      inspection.reportRows('messages', find(withoutUser), 'Its user is not there')
    })
    walk(inspection, membersBySegment, (range) => {
      const strangers = connection.all<{ key: string }>(inOtherChannel, { ...range, room: inspection.room })
      inspection.reportRows(
        'segment_messages',
        strangers,
        'The message is of another channel than the segment',
      )
    })
  },
}
