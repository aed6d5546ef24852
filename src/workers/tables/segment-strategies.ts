/**
 * SQL for the id of the strategy's segment which a message is in, or NULL; binds what `rangeOf` gives. Seeks (message_key, segment_key),
 * then each segment's key.
 */
export const memberOf = (messageKey: string): string => `(
      SELECT segments.segment_id
      FROM segment_messages AS members
      CROSS JOIN main.conversation_segments AS segments ON segments.segment_key = members.segment_key
      WHERE members.message_key = ${messageKey} AND +segments.segment_id >= :from AND +segments.segment_id < :to
      LIMIT 1
    )`
