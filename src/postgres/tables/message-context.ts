import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { MessagePlace, Session } from '../connection/session.js'
import { keyOf, rowColumns, timeOf, toRecord, type KeyedRow } from '../reading/message-rows.js'
import { findPlace } from './message-places.js'
import { findShown, withShown } from './shown-with-messages.js'

/**
 * Where limits stand in the text, PostgreSQL plans a statement once for all values; it would plan anew for each where they are bound, which
 * takes longer than the statement (https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES). So there are a few.
 */
const limits = [5, 10, 25, 50, 100, 250, 1_000] as const
type Limit = (typeof limits)[number]

// Ranges of messages_by_time behind the primary key. Each names the channel by itself, so that a cluster asks one node.
const selectAround = (limit: Limit): string => `
  SELECT ${rowColumns} FROM messages WHERE messages.channel_id = $1 AND messages.message_key = $2
  UNION ALL (
    SELECT ${rowColumns} FROM messages
    WHERE messages.channel_id = $1 AND (messages.timestamp, messages.message_key)
      < ((SELECT timestamp FROM messages WHERE channel_id = $1 AND message_key = $2), $2::bigint)
    ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT ${limit}
  )
  UNION ALL (
    SELECT ${rowColumns} FROM messages
    WHERE messages.channel_id = $1 AND (messages.timestamp, messages.message_key)
      > ((SELECT timestamp FROM messages WHERE channel_id = $1 AND message_key = $2), $2::bigint)
    ORDER BY messages.timestamp ASC, messages.message_key ASC LIMIT ${limit}
  )`
const around: ReadonlyMap<Limit, string> = new Map(limits.map((limit) => [limit, selectAround(limit)]))

export async function getMessageContext(
  session: Session,
  { messageId, before = 5, after = 5, ...asked }: WireParams<'getMessageContext'>,
): Promise<WireResult<'getMessageContext'>> {
  const place = await findPlace(session, messageId)
  const found = place && (await readAround(session, place, before, after))
  if (found === undefined) return undefined
  const shownOf = await findShown(session, [found.row], asked)
  return {
    before: await withShown(session, found.before, asked),
    message: { ...toRecord(found.row), ...shownOf?.(found.row) },
    after: await withShown(session, found.after, asked),
  }
}

interface Around {
  readonly before: KeyedRow[]
  readonly row: KeyedRow
  readonly after: KeyedRow[]
}

/** A message with so many before and after it in its channel, in their order; undefined where it is gone. */
export async function readAround(
  session: Session,
  { channelId, messageKey }: Pick<MessagePlace, 'channelId' | 'messageKey'>,
  before: number,
  after: number,
): Promise<Around | undefined> {
  const limit = limits.find((most) => most >= Math.max(before, after)) ?? 1_000
  const sql = around.get(limit) ?? selectAround(limit)
  const rows = await session.lists<KeyedRow>(sql, [session.id(channelId), messageKey])
  const row = rows.find((each) => keyOf(each) === messageKey)
  if (row === undefined) return undefined
  const isBefore = (each: KeyedRow): boolean =>
    timeOf(each) < timeOf(row) || (timeOf(each) === timeOf(row) && keyOf(each) < messageKey)
  const others = rows.filter((each) => each !== row).toSorted(inOrder)
  const earlier = others.filter(isBefore)
  return {
    before: before === 0 ? [] : earlier.slice(-before),
    row,
    after: others.slice(earlier.length, earlier.length + after),
  }
}

const inOrder = (one: KeyedRow, other: KeyedRow): number =>
  timeOf(one) - timeOf(other) || keyOf(one) - keyOf(other)
