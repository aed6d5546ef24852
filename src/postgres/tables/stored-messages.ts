import type { Session } from '../connection/session.js'

/** The rows of stored_messages that messages of numbers behind `$1` up to `$2` are in: a range of the primary key. */
export const numberedRange = `
  FROM stored_messages AS stored CROSS JOIN LATERAL unnest(stored.message_keys) WITH ORDINALITY AS keys (key, place)
  WHERE stored.last_number > $1
    AND stored.last_number <= coalesce((SELECT min(last_number) FROM stored_messages WHERE last_number >= $2), $2)
    AND stored.last_number - cardinality(stored.message_keys) + keys.place > $1
    AND stored.last_number - cardinality(stored.message_keys) + keys.place <= $2`
/** What such a message's number is. */
export const numberOf = `stored.last_number - cardinality(stored.message_keys) + keys.place`

const selectNumbered = `SELECT keys.key, ${numberOf} AS number ${numberedRange} ORDER BY number`

/** A message with its number in the order of the commits. */
interface NumberedMessage {
  readonly key: number
  readonly number: number
}

/** Messages by their numbers, behind one up to another. Some may be gone. */
export const listNumbered = (session: Session, after: number, upTo: number): Promise<NumberedMessage[]> =>
  session.all(selectNumbered, [after, upTo])
