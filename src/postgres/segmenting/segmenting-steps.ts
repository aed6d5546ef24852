import { isBehind, type Place } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import {
  encodeSegmentingCursor,
  maxStepBytes,
  startPlace,
  type SegmentingPlace,
} from '../../protocol/segmenting-place.js'
import { assertStrategyName, newSegmentId } from '../../protocol/segment-strategies.js'
import type { Session } from '../connection/session.js'
import { awaitNodes } from '../tables/changes.js'
import { findPlaces } from '../tables/message-places.js'
import { findLate, listLater, type Late, type Strategy } from './late-messages.js'
import { findMemberships } from './memberships.js'
import { findSegmentingPlace, readEnds } from './segmenting-places.js'

type Step = WireResult<'getSegmentingStep'>
type Found = Step['messages'][number]

interface FoundRow extends Omit<Found, 'newSegmentId' | 'segmentId' | 'answeredSegmentId'> {
  readonly key: number
  readonly bytes: number
}

// Ranges of messages_by_time.
const selectPlaces = {
  asc: `
    SELECT timestamp AS value, message_key AS key FROM messages
    WHERE channel_id = $1 AND (timestamp, message_key) > ($2::bigint, $3::bigint) ORDER BY timestamp ASC, message_key ASC LIMIT $4`,
  desc: `
    SELECT timestamp AS value, message_key AS key FROM messages
    WHERE channel_id = $1 AND (timestamp, message_key) < ($2::bigint, $3::bigint) ORDER BY timestamp DESC, message_key DESC LIMIT $4`,
}
// Each by its key.
const selectMessages = `
  SELECT message_key AS key, message_id AS "messageId", user_id AS "userId", timestamp, reply_to_message_id AS "replyToMessageId",
    octet_length(content) AS bytes
  FROM messages WHERE message_key = ANY ($2::bigint[]) AND channel_id = $1`

const nothing: Step = { recent: [], messages: [], hasMore: false, nextCursor: null }

/**
 * What comes next, read in one snapshot: messages that came or moved behind the place since, and then those beyond it. While there are
 * some of the first kind, none of the second is told of, so that all with numbers up to `lastKey` are decided about in the end.
 */
export async function getSegmentingStep(
  session: Session,
  { channelId, strategy: name, window = 0, limit = defaultLimit }: WireParams<'getSegmentingStep'>,
): Promise<Step> {
  assertStrategyName(name)
  if (!session.scope.has(channelId)) return nothing
  const asked = { strategy: { channelId, name }, window, limit }
  const now = await readEnds(session)
  await awaitNodes(session)
  const known =
    (await findSegmentingPlace(session, channelId, name)) ?? startPlace(now.lastKey, now.lastChange)
  const late = await findLate(session, asked.strategy, known, now)
  return late.first === undefined && late.isAll
    ? readBeyond(session, asked, { ...known, ...now })
    : readLate(session, asked, known, late)
}

interface Asked {
  readonly strategy: Strategy
  readonly window: number
  readonly limit: number
}

const listPlaces = (
  session: Session,
  { channelId }: Strategy,
  order: 'asc' | 'desc',
  { value, key }: Place,
  limit: number,
): Promise<Place[]> => session.all(selectPlaces[order], [session.id(channelId), value, key, limit])

async function readBeyond(session: Session, asked: Asked, known: SegmentingPlace): Promise<Step> {
  const places = await listPlaces(session, asked.strategy, 'asc', known.place, asked.limit + 1)
  const { messages, last } = await readMessages(session, asked.strategy, places.slice(0, asked.limit))
  if (last === undefined) return nothing
  const next = { ...known, step: known.step + 1, place: last }
  return {
    recent: await readRecent(session, asked, places[0]),
    messages,
    hasMore: messages.length < places.length,
    nextCursor: encodeSegmentingCursor(next),
  }
}

/** The first late one, and those behind it as far as they are late, too: an old archive that is imported comes so. */
async function readLate(session: Session, asked: Asked, known: SegmentingPlace, late: Late): Promise<Step> {
  const { strategy, limit } = asked
  const { first, lastKey, lastChange } = late
  const nextCursor = encodeSegmentingCursor({ ...known, step: known.step + 1, lastKey, lastChange })
  if (first === undefined) return { recent: [], messages: [], hasMore: true, nextCursor }
  const following = await listPlaces(session, strategy, 'asc', first, limit - 1)
  const behind = following.filter((place) => isBehind(place, known.place))
  const later = await listLater(
    session,
    known,
    behind.map(({ key }) => key),
  )
  const end = behind.findIndex(({ key }) => !later.has(key))
  const places = [first, ...(end === -1 ? behind : behind.slice(0, end))]
  const { messages } = await readMessages(session, strategy, places)
  return { recent: await readRecent(session, asked, first), messages, hasMore: true, nextCursor }
}

/** As many as are not too long together, one at least, and where the last of them stands. */
async function readMessages(session: Session, strategy: Strategy, places: readonly Place[]) {
  const keys = places.map(({ key }) => key)
  const found = await session.all<FoundRow>(selectMessages, [session.id(strategy.channelId), keys])
  const byKey = new Map(found.map((row) => [row.key, row]))
  const rows = keys.flatMap((key) => byKey.get(key) ?? [])
  let sum = 0
  const end = rows.findIndex(({ bytes }, index) => {
    sum += bytes
    return index > 0 && sum > maxStepBytes
  })
  const told = end === -1 ? rows : rows.slice(0, end)
  const messages = await withSegments(session, strategy, told)
  return { messages, last: places.find(({ key }) => key === told.at(-1)?.key) }
}

async function withSegments(
  session: Session,
  strategy: Strategy,
  rows: readonly FoundRow[],
): Promise<Found[]> {
  const { channelId, name } = strategy
  const ids = rows.flatMap(({ replyToMessageId }) => replyToMessageId ?? [])
  const answered = [...(await findPlaces(session, ids)).values()].filter(
    (place) => place.channelId === channelId,
  )
  const keys = [...rows.map(({ key }) => key), ...answered.map(({ messageKey }) => messageKey)]
  const segments = await findMemberships(session, channelId, name, [...new Set(keys)])
  const keyById = new Map(answered.map(({ messageId, messageKey }) => [messageId, messageKey]))
  return rows.map(({ messageId, userId, timestamp, replyToMessageId, key }) => ({
    messageId,
    userId,
    timestamp,
    replyToMessageId,
    segmentId: segments.get(key) ?? null,
    answeredSegmentId: segments.get(keyById.get(replyToMessageId ?? '') ?? -1) ?? null,
    newSegmentId: newSegmentId(strategy, messageId),
  }))
}

async function readRecent(session: Session, asked: Asked, first: Place | undefined): Promise<Found[]> {
  const { strategy, window } = asked
  if (first === undefined || window === 0) return []
  const newestFirst = await listPlaces(session, strategy, 'desc', first, window)
  const { messages } = await readMessages(session, strategy, newestFirst)
  return messages.toReversed()
}
