import { ConvoDbError } from '../../protocol/errors.js'
import { afterAllTime, decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { countMessages, startOf } from './channel-messages.js'
import { deletePlaced } from './delete-messages.js'
import { findPlaces } from './message-places.js'
import { channelsOf } from './user-messages.js'

/** So many messages are looked at in one slice. */
const sliceLength = 500

interface Found {
  readonly messageId: string
  readonly messageKey: number
  readonly channelId: string
  readonly timestamp: number
  readonly matches: boolean
}

const columns = `message_id AS "messageId", message_key AS "messageKey", channel_id AS "channelId", timestamp`
// Ranges of messages_by_time and messages_by_user.
const behind = `(timestamp, message_key) > ($1::bigint, $2::bigint) AND timestamp < $3`
const matches = `message_type = coalesce($5, message_type) AND ($6::text IS NULL OR reply_to_message_id = $6::text)`
const matchingOfChannel = `
  SELECT ${columns}, ${matches} AS matches FROM messages WHERE channel_id = $7 AND ${behind} ORDER BY timestamp, message_key LIMIT $4`
const matchingOfUser = `
  /* all nodes */ SELECT ${columns}, ${matches} AND ($8::text[] IS NULL OR channel_id = ANY ($8::text[])) AS matches FROM messages
  WHERE user_id = $7 AND ${behind} ORDER BY timestamp, message_key LIMIT $4`
const expiredOfChannel = `
  SELECT ${columns}, NOT ($5::boolean AND is_pinned) AS matches FROM messages
  WHERE channel_id = $6 AND ${behind} ORDER BY timestamp, message_key LIMIT $4`
const selectChannel = `
  /* all nodes */ SELECT channel_id AS "channelId", channel_key AS "channelKey" FROM channels WHERE channel_key >= $1 ORDER BY channel_key LIMIT 1`
const selectChannelKey = `SELECT channel_key AS "channelKey" FROM channels WHERE channel_id = $1`
const countPinned = `
  /* all nodes */ SELECT count(*) AS count FROM messages
  WHERE is_pinned AND timestamp < $1 AND ($2::text[] IS NULL OR channel_id = ANY ($2::text[]))`

async function deleteFound(session: Session, found: readonly Found[]): Promise<number> {
  const ids = found.filter((message) => message.matches).map(({ messageId }) => messageId)
  const places = await findPlaces(session, ids, { lock: true })
  return deletePlaced(
    session,
    ids.flatMap((id) => places.get(id) ?? []),
  )
}

/**
 * Deletes matching messages of a slice in the order of time, and tells where to go on. A slice that is repeated finds less to do and does no
 * harm. @throws INVALID_ARGUMENT
 */
export async function deleteMatchingMessages(
  session: Session,
  { cursor, ...params }: WireParams<'deleteMatchingMessages'>,
): Promise<WireResult<'deleteMatchingMessages'>> {
  const { channelId, userId, messageType, replyToMessageId, before = afterAllTime } = params
  if (channelId === undefined && userId === undefined) {
    const message = 'channelId or userId must say whose messages are deleted'
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'channelId' })
  }
  const { value, key } = cursor === undefined ? startOf('asc', params) : decodeCursor(cursor)
  const channels = channelsOf(session, channelId)
  if (channels?.length === 0) return { deletedMessages: 0, nextCursor: null }
  const place: Value[] = [value, key, before, sliceLength]
  const kinds: Value[] = [
    messageType === undefined ? null : session.id(messageType),
    replyToMessageId === undefined ? null : session.id(replyToMessageId),
  ]
  const found = await session.all<Found>(
    userId === undefined ? matchingOfChannel : matchingOfUser,
    userId === undefined
      ? [...place, ...kinds, session.id(channelId ?? '')]
      : [...place, ...kinds, session.id(userId), channels && session.ids(channels)],
  )
  const deletedMessages = await deleteFound(session, found)
  const last = found.at(-1)
  const isLast = last === undefined || found.length < sliceLength
  return {
    deletedMessages,
    nextCursor: isLast ? null : encodeCursor({ value: last.timestamp, key: last.messageKey }),
  }
}

/** Where a slice goes on: behind this place of this channel. */
interface SlicePlace {
  readonly channelKey: number
  readonly time: number
  readonly messageKey: number
}

const shape = /^(\d{1,16})\.(-?\d{1,16})\.(-?\d{1,16})$/
const encodePlace = ({ channelKey, time, messageKey }: SlicePlace): string =>
  Buffer.from(`${channelKey}.${time}.${messageKey}`).toString('base64url')

function decodePlace(cursor: string): SlicePlace {
  const match = shape.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (match === null) {
    throw new ConvoDbError('INVALID_ARGUMENT', "cursor must be a slice's nextCursor, unchanged", {
      field: 'cursor',
    })
  }
  return { channelKey: Number(match[1]), time: Number(match[2]), messageKey: Number(match[3]) }
}

const beforeAll = { time: Number.MIN_SAFE_INTEGER, messageKey: -1 }

/** Deletes expired messages of a slice, channel by channel, and tells where to go on. */
export async function deleteExpiredMessages(
  session: Session,
  { olderThan, channelId, keepPinned = false, cursor }: WireParams<'deleteExpiredMessages'>,
): Promise<WireResult<'deleteExpiredMessages'>> {
  const only = channelId === undefined ? undefined : await findKey(session, channelId)
  if (channelId !== undefined && only === undefined) return { deletedMessages: 0, nextCursor: null }
  const decoded = cursor === undefined ? undefined : decodePlace(cursor)
  // A cursor never leads out of the channel that the call names.
  const isOwn = decoded !== undefined && (only === undefined || decoded.channelKey === only)
  let place: SlicePlace = isOwn ? decoded : { channelKey: only ?? 0, ...beforeAll }
  for (;;) {
    const channel = await session.get<{ channelId: string; channelKey: number }>(selectChannel, [
      place.channelKey,
    ])
    if (channel === undefined || (only !== undefined && channel.channelKey !== only))
      return { deletedMessages: 0, nextCursor: null }
    if (channel.channelKey !== place.channelKey) place = { channelKey: channel.channelKey, ...beforeAll }
    const found = await session.all<Found>(expiredOfChannel, [
      place.time,
      place.messageKey,
      olderThan,
      sliceLength,
      keepPinned,
      session.id(channel.channelId),
    ])
    const last = found.at(-1)
    const isOver = last === undefined || found.length < sliceLength
    const next = isOver
      ? { channelKey: channel.channelKey + 1, ...beforeAll }
      : { channelKey: channel.channelKey, time: last.timestamp, messageKey: last.messageKey }
    if (found.length === 0 && only === undefined) {
      place = next
      continue
    }
    const deletedMessages = await deleteFound(session, found)
    return { deletedMessages, nextCursor: isOver && only !== undefined ? null : encodePlace(next) }
  }
}

async function findKey(session: Session, channelId: string): Promise<number | undefined> {
  if (!session.scope.has(channelId)) return undefined
  return (await session.get<{ channelKey: number }>(selectChannelKey, [session.id(channelId)]))?.channelKey
}

export async function countExpiredMessages(
  session: Session,
  { olderThan, channelId, keepPinned = false }: WireParams<'countExpiredMessages'>,
): Promise<number> {
  const expired = await countMessages(session, { channelId, before: olderThan })
  if (!keepPinned || expired === 0) return expired
  const channels = channelsOf(session, channelId)
  const pinned = await session.get<{ count: number }>(countPinned, [
    olderThan,
    channels && session.ids(channels),
  ])
  return expired - (pinned?.count ?? 0)
}
