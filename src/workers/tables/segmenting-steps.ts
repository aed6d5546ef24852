import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import {
  encodeSegmentingCursor,
  maxStepBytes,
  startPlace,
  type SegmentingPlace,
} from '../../protocol/segmenting-place.js'
import { assertStrategyName, newSegmentId, rangeOf } from '../../protocol/segment-strategies.js'
import type { ReadConnection } from '../connection/connection.js'
import { isBehind, type Place } from '../../protocol/cursors.js'
import { listPlaces } from './channel-places.js'
import { findChannelKey } from './channels.js'
import { readLastKey } from './last-message-key.js'
import { findSegmentingPlace, readLastChange } from './segmenting-places.js'
import { findLate, type Late, type Strategy } from './late-messages.js'
import { memberOf } from './segment-strategies.js'

type Step = WireResult<'getSegmentingStep'>
type Found = Step['messages'][number]

type FoundRow = Omit<Found, 'newSegmentId'> & { readonly bytes: number }
interface Named extends Strategy {
  readonly channelId: string
  readonly name: string
}

// Seeks each table by its key, and a message's segments by (message_key, segment_key).
const selectMessages = `
  SELECT messages.message_id AS messageId, users.user_id AS userId, messages.timestamp,
    messages.reply_to_message_id AS replyToMessageId, octet_length(messages.content) AS bytes,
    ${memberOf('messages.message_key')} AS segmentId,
    (
      SELECT ${memberOf('answered.message_key')} FROM main.messages AS answered
      WHERE answered.message_id = messages.reply_to_message_id AND answered.channel_key = messages.channel_key
    ) AS answeredSegmentId
  FROM json_each(:keys) AS asked CROSS JOIN messages ON messages.message_key = asked.value
  CROSS JOIN main.users ON users.user_key = messages.user_key
  ORDER BY asked.key`

const nothing: Step = { recent: [], messages: [], hasMore: false, nextCursor: null }

/**
 * What comes next, read in one snapshot: messages that came or moved behind the place since, and then those beyond it. While there are
 * some of the first kind, none of the second is told of, so that all with keys up to `lastKey` are decided about in the end.
 */
export function getSegmentingStep(
  connection: ReadConnection,
  { channelId, strategy: name, window = 0, limit = defaultLimit }: WireParams<'getSegmentingStep'>,
): Step {
  assertStrategyName(name)
  const channelKey = findChannelKey(connection, channelId)
  if (channelKey === undefined) return nothing
  const strategy = { channelKey, channelId, name, ...rangeOf(name) }
  const now = { lastKey: readLastKey(connection), lastChange: readLastChange(connection) }
  const known = findSegmentingPlace(connection, channelKey, name) ?? startPlace(now.lastKey, now.lastChange)
  const late = findLate(connection, strategy, known, now)
  const asked = { strategy, window, limit }
  return late.first === undefined && late.isAll
    ? readBeyond(connection, asked, { ...known, ...now })
    : readLate(connection, asked, known, late)
}

interface Asked {
  readonly strategy: Named
  readonly window: number
  readonly limit: number
}

function readBeyond(connection: ReadConnection, asked: Asked, known: SegmentingPlace): Step {
  const places = listPlaces(connection, asked.strategy.channelKey, 'asc', known.place, asked.limit + 1)
  const { messages, last } = readMessages(connection, asked.strategy, places.slice(0, asked.limit))
  if (last === undefined) return nothing
  const next = { ...known, step: known.step + 1, place: last }
  return {
    recent: readRecent(connection, asked, places[0]),
    messages,
    hasMore: messages.length < places.length,
    nextCursor: encodeSegmentingCursor(next),
  }
}

/** The first late one, and those behind it as far as they are late, too: an old archive that is imported comes so. */
function readLate(connection: ReadConnection, asked: Asked, known: SegmentingPlace, late: Late): Step {
  const { strategy, limit } = asked
  const { first, lastKey, lastChange } = late
  const nextCursor = encodeSegmentingCursor({ ...known, step: known.step + 1, lastKey, lastChange })
  if (first === undefined) return { recent: [], messages: [], hasMore: true, nextCursor }
  const behind = listPlaces(connection, strategy.channelKey, 'asc', first, limit - 1)
  const end = behind.findIndex((place) => place.key <= known.lastKey || !isBehind(place, known.place))
  const places = [first, ...(end === -1 ? behind : behind.slice(0, end))]
  const { messages } = readMessages(connection, strategy, places)
  return { recent: readRecent(connection, asked, first), messages, hasMore: true, nextCursor }
}

/** As many as are not too long together, one at least, and where the last of them stands. */
function readMessages(connection: ReadConnection, strategy: Named, places: readonly Place[]) {
  const { from, to } = strategy
  const keys = JSON.stringify(places.map(({ key }) => key))
  const rows = connection.all<FoundRow>(selectMessages, { keys, from, to })
  const messages: Found[] = []
  let sum = 0
  for (const { bytes, ...found } of rows) {
    sum += bytes
    if (messages.length > 0 && sum > maxStepBytes) break
    messages.push({ ...found, newSegmentId: newSegmentId(strategy, found.messageId) })
  }
  return { messages, last: places[messages.length - 1] }
}

function readRecent(connection: ReadConnection, asked: Asked, first: Place | undefined): Found[] {
  const { strategy, window } = asked
  if (first === undefined || window === 0) return []
  const newestFirst = listPlaces(connection, strategy.channelKey, 'desc', first, window)
  const { messages } = readMessages(connection, strategy, newestFirst)
  return messages.toReversed()
}
