import { ConvoDbError } from '../../protocol/errors.js'
import {
  afterAllTime,
  beforeAllTime,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { findPlace } from './message-places.js'
import { channelsOf } from './user-messages.js'

const spansMs = { hour: 3_600_000, day: 86_400_000 }

// By the start of each span; times before 1970 round down, too. A range of messages_by_time or messages_by_user.
const spanStart = `timestamp - ((timestamp % $1::bigint) + $1::bigint) % $1::bigint`
const counting = (whose: string, order: string): string => `
  SELECT ${spanStart} AS "startTime", count(*) AS messages FROM messages
  WHERE ${whose} AND timestamp >= $2 AND timestamp <= $3 GROUP BY 1 ORDER BY 1 ${order} LIMIT $4`
const ofChannel = (order: string): string => counting(`channel_id = $5`, order)
const ofUser = (order: string): string =>
  `/* all nodes */ ${counting(`user_id = $5 AND ($6::text[] IS NULL OR channel_id = ANY ($6::text[]))`, order)}`
const statements = {
  desc: { ofChannel: ofChannel('DESC'), ofUser: ofUser('DESC') },
  asc: { ofChannel: ofChannel('ASC'), ofUser: ofUser('ASC') },
}
// A range of messages_by_time.
const countBehind = `
  SELECT count(*) AS count FROM (
    SELECT 1 FROM messages WHERE channel_id = $1 AND (timestamp, message_key) > ($2::bigint, $3::bigint) LIMIT $4
  ) AS unread`

type Params = WireParams<'countMessagesBy'>

/** @throws INVALID_ARGUMENT */
export async function countMessagesBy(
  session: Session,
  params: Params,
): Promise<WireResult<'countMessagesBy'>> {
  const { channelId, userId, by, limit = defaultLimit, order = 'desc' } = params
  if (channelId === undefined && userId === undefined) {
    const message = 'channelId or userId must say whose messages are counted'
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'channelId' })
  }
  const { earliest, latest } = rangeOf(params)
  const range = [spansMs[by], earliest, latest, limit + 1] as const
  const channels = channelsOf(session, channelId)
  if (channels?.length === 0) return { items: [], nextCursor: null }
  const whose =
    userId === undefined
      ? [session.id(channelId ?? '')]
      : [session.id(userId), channels && session.ids(channels)]
  const sql = statements[order][userId === undefined ? 'ofChannel' : 'ofUser']
  const found = await session.all<{ startTime: number; messages: number }>(sql, [...range, ...whose])
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const isLast = last === undefined || found.length <= limit
  return { items, nextCursor: isLast ? null : encodeCursor({ value: last.startTime, key: 0 }) }
}

/** What is left of the period behind the span where the page before ended. */
function rangeOf({ by, cursor, order = 'desc', before = afterAllTime, after = beforeAllTime }: Params) {
  const range = { earliest: after + 1, latest: before - 1 }
  if (cursor === undefined) return range
  const { value } = decodeCursor(cursor)
  return order === 'desc'
    ? { ...range, latest: Math.min(range.latest, value - 1) }
    : { ...range, earliest: Math.max(range.earliest, value + spansMs[by]) }
}

/** @throws INVALID_ARGUMENT, NOT_FOUND */
export async function countUnread(session: Session, params: WireParams<'countUnread'>): Promise<number> {
  const { channelId, upTo = Number.MAX_SAFE_INTEGER } = params
  const place = placeOf(params) ?? (await findRead(session, channelId, params.afterMessageId))
  if (!session.scope.has(channelId)) return 0
  const values = [session.id(channelId), place.value, place.key, upTo]
  return (await session.get<{ count: number }>(countBehind, values))?.count ?? 0
}

/** The place that the parameters name; undefined where they name a message. */
function placeOf({ afterMessageId, after, cursor }: WireParams<'countUnread'>): Place | undefined {
  const given = [afterMessageId, after, cursor].filter((value) => value !== undefined)
  if (given.length !== 1) {
    const message = 'One of afterMessageId, after and cursor must say up to where messages were read'
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'afterMessageId' })
  }
  if (cursor !== undefined) return decodeCursor(cursor)
  return after === undefined ? undefined : { value: after, key: Number.MAX_SAFE_INTEGER }
}

const selectTime = `SELECT timestamp FROM messages WHERE message_key = $1 AND channel_id = $2`

/** Where a message of this channel stands. @throws NOT_FOUND */
async function findRead(session: Session, channelId: string, messageId = ''): Promise<Place> {
  const place = await findPlace(session, messageId)
  const row =
    place?.channelId === channelId
      ? await session.get<{ timestamp: number }>(selectTime, [place.messageKey, session.id(channelId)])
      : undefined
  if (place !== undefined && row !== undefined) return { value: row.timestamp, key: place.messageKey }
  throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}' in this channel`, { messageId })
}
