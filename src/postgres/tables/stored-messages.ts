import type { Session } from '../connection/session.js'

/**
 * The messages of numbers behind `$1` up to `$2`, as `numbered` (key, number): a range of the primary key, and of each row the part that is in
 * the range. Each list is taken apart once.
 */
export const withNumbered = `
  WITH stored AS MATERIALIZED (
    SELECT last_number - cardinality(message_keys) AS before, message_keys FROM stored_messages
    WHERE last_number > $1::bigint
      AND last_number <= coalesce((SELECT min(last_number) FROM stored_messages WHERE last_number >= $2::bigint), $2::bigint)
  ), numbered AS (
    SELECT keys.key, greatest(stored.before, $1::bigint) + keys.place AS number
    FROM stored CROSS JOIN LATERAL unnest(
      stored.message_keys[(greatest($1::bigint - stored.before, 0) + 1)::int : ($2::bigint - stored.before)::int]
    ) WITH ORDINALITY AS keys (key, place)
  )`
const selectNumbered = `${withNumbered} SELECT key, number FROM numbered ORDER BY number`

/** A message with its number in the order of the commits. */
interface NumberedMessage {
  readonly key: number
  readonly number: number
}

/** Messages by their numbers, behind one up to another. Some may be gone. */
export const listNumbered = (session: Session, after: number, upTo: number): Promise<NumberedMessage[]> =>
  session.all(selectNumbered, [after, upTo])
