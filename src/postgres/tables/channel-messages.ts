import {
  afterAllTime,
  beforeAllTime,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Order } from '../../protocol/parameters.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { keyOf, lengthOf, rowColumns, timeOf, type KeyedRow } from '../reading/message-rows.js'
import { gatherPage } from '../reading/paging.js'
import { withShown } from './shown-with-messages.js'

const selectMessages = `SELECT ${rowColumns} FROM messages WHERE messages.channel_id = $1`
const listing = (filter: string): { readonly [O in Order]: string } => ({
  desc: `
    ${selectMessages} ${filter} AND (messages.timestamp, messages.message_key) < ($2::bigint, $3::bigint) AND messages.timestamp > $4
    ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT $5`,
  asc: `
    ${selectMessages} ${filter} AND (messages.timestamp, messages.message_key) > ($2::bigint, $3::bigint) AND messages.timestamp < $4
    ORDER BY messages.timestamp ASC, messages.message_key ASC LIMIT $5`,
})
// Each is a range of one index: messages_by_time, messages_by_type, messages_by_reply. A type that is the usual one is looked at row by row.
const all = listing('')
const ofType = listing(`AND messages.message_type = $6 AND messages.message_type <> 'message'`)
const ofUsualType = listing(`AND messages.message_type = $6`)
const ofReplies = listing(`AND messages.reply_to_message_id = $6`)
const ofRepliesOfType = listing(`AND messages.reply_to_message_id = $6 AND messages.message_type = $7`)

type Filter = Pick<WireParams<'getMessages'>, 'messageType' | 'replyToMessageId'>

function filtered(session: Session, { messageType, replyToMessageId }: Filter) {
  const type = messageType === undefined ? [] : [session.id(messageType)]
  if (replyToMessageId !== undefined) {
    const sql = messageType === undefined ? ofReplies : ofRepliesOfType
    return { sql, values: [session.id(replyToMessageId), ...type] }
  }
  if (messageType === undefined) return { sql: all, values: [] }
  return { sql: messageType === 'message' ? ofUsualType : ofType, values: type }
}

/** Before all places of a period, both of whose times are exclusive. */
export const startOf = (
  order: Order,
  {
    before = afterAllTime,
    after = beforeAllTime,
  }: { before?: number | undefined; after?: number | undefined },
): Place => (order === 'desc' ? { value: before, key: -1 } : { value: after, key: Number.MAX_SAFE_INTEGER })

export const placeOf = (row: KeyedRow): Place => ({ value: timeOf(row), key: keyOf(row) })

export async function getMessages(
  session: Session,
  params: WireParams<'getMessages'>,
): Promise<WireResult<'getMessages'>> {
  const { channelId, limit = defaultLimit, order = 'desc', cursor, before, after } = params
  if (!session.scope.has(channelId)) return { items: [], nextCursor: null }
  const start = cursor === undefined ? startOf(order, { before, after }) : decodeCursor(cursor)
  const end = order === 'desc' ? (after ?? beforeAllTime) : (before ?? afterAllTime)
  const { sql, values } = filtered(session, params)
  const { rows, last } = await gatherPage<KeyedRow>({
    limit,
    find: (previous, count) => {
      const { value, key } = previous === undefined ? start : placeOf(previous)
      return session.lists(sql[order], [session.id(channelId), value, key, end, count, ...values])
    },
    lengthOf,
  })
  return {
    items: await withShown(session, rows, params),
    nextCursor: last === undefined ? null : encodeCursor(placeOf(last)),
  }
}

const selectCounter = `SELECT message_count AS count FROM channels WHERE channel_id = $1`
const sumCounters = `
  /* all nodes */ SELECT coalesce(sum(message_count), 0)::bigint AS count FROM channels WHERE $1::text[] IS NULL OR channel_id = ANY ($1::text[])`
// One range of messages_by_time a channel.
const countInRange = `
  SELECT count(*) AS count FROM messages WHERE channel_id = $1 AND timestamp > $2 AND timestamp < $3`
const countInAll = `
  /* all nodes */ SELECT count(*) AS count FROM channels CROSS JOIN LATERAL (
    SELECT 1 FROM messages
    WHERE messages.channel_id = channels.channel_id AND messages.timestamp > $1 AND messages.timestamp < $2
  ) AS found
  WHERE $3::text[] IS NULL OR channels.channel_id = ANY ($3::text[])`

export async function countMessages(
  session: Session,
  { channelId, before, after }: WireParams<'countMessages'>,
): Promise<number> {
  const count = async (sql: string, values: readonly Value[]): Promise<number> =>
    (await session.get<{ count: number }>(sql, values))?.count ?? 0
  const isWhole = before === undefined && after === undefined
  const range = [after ?? beforeAllTime, before ?? afterAllTime]
  if (channelId === undefined) {
    const own = session.scope.isHeld ? session.ids(session.scope.channelIds) : null
    return isWhole ? count(sumCounters, [own]) : count(countInAll, [...range, own])
  }
  if (!session.scope.has(channelId)) return 0
  const id = session.id(channelId)
  return isWhole ? count(selectCounter, [id]) : count(countInRange, [id, ...range])
}
