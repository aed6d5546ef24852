import { defaultLimit } from '../../protocol/limits.js'
import type { Order } from '../../protocol/parameters.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { mergeParts, type MergeSearch, type Part } from '../reading/merge-parts.js'
import { answerPage } from '../reading/pack-answer.js'
import { startPageTime } from '../reading/page-time.js'
import {
  afterAllTime,
  beforeAllTime,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../protocol/cursors.js'
import { messageToJson } from '../reading/row-json.js'
import type { UnindexedMessage } from '../unindexed/unindexed-messages.js'
import { listBlocks } from './block-times.js'
import { findChannelKey } from './channels.js'
import { loadPage, rowsAsJson, rowsAsObjects, type LoadedPage } from './rows-by-keys.js'
import { startOf } from './filtered-messages.js'
import { isIndexed } from './indexed-messages.js'
import { withShown } from './shown-with-messages.js'
import { findUserKey } from './user-keys.js'

// All seek the primary key (block, user_key, timestamp, message_key); equal times are passed over, 8,192 at most.
const inBlock = `
  SELECT timestamp AS value, message_key AS key FROM user_messages
  WHERE block = :block AND user_key = :userKey AND ${isIndexed}`
const inChannel = 'AND channel_key = :channelKey'
const descending = `
  AND timestamp <= :time AND timestamp >= :lastTime AND (timestamp < :time OR message_key < :key)`
const ascending = `
  AND timestamp >= :time AND timestamp <= :lastTime AND (timestamp > :time OR message_key > :key)`
const latestFirst = 'ORDER BY timestamp DESC, message_key DESC LIMIT :limit'
const earliestFirst = 'ORDER BY timestamp ASC, message_key ASC LIMIT :limit'
const statements: { readonly [O in Order]: { readonly inAll: string; readonly inOne: string } } = {
  desc: {
    inAll: `${inBlock} ${descending} ${latestFirst}`,
    inOne: `${inBlock} ${descending} ${inChannel} ${latestFirst}`,
  },
  asc: {
    inAll: `${inBlock} ${ascending} ${earliestFirst}`,
    inOne: `${inBlock} ${ascending} ${inChannel} ${earliestFirst}`,
  },
}

type Params = WireParams<'getUserMessages'>

export function getUserMessages(
  connection: ReadConnection,
  params: Params,
): WireResult<'getUserMessages'> | Packed {
  const { items, nextCursor } = readPage(connection, params, rowsAsJson)
  return answerPage(withShown(connection, items, params), { nextCursor })
}

/** The page as the JSON that callers of HTTP get. */
export function getUserMessagesAsJson(connection: ReadConnection, params: Params): string {
  const { items, nextCursor } = readPage(connection, params, rowsAsObjects)
  const texts = Array.from(withShown(connection, items, params), (row) =>
    typeof row === 'string' ? row : messageToJson(row),
  )
  return `{"items":[${texts.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`
}

function readPage(connection: ReadConnection, params: Params, rows: string): LoadedPage {
  const { userId, channelId, limit = defaultLimit, cursor } = params
  const start = cursor === undefined ? startOf(params.order ?? 'desc', params) : decodeCursor(cursor)
  const userKey = findUserKey(connection, userId)
  const channelKey = channelId === undefined ? undefined : findChannelKey(connection, channelId)
  if (userKey === undefined || (channelId !== undefined && channelKey === undefined))
    return { items: [], nextCursor: null }
  const search = { ...rangeOf(params), start, limit: limit + 1 }
  const parts = partsOf(connection, { userKey, channelKey }, search)
  const { places, stoppedAt } = mergeParts(parts, search, startPageTime())
  return loadPage(connection, rows, {
    places: places.slice(0, limit),
    next: places.length > limit ? undefined : stoppedAt,
    hasMore: places.length > limit || stoppedAt !== undefined,
    encode: encodeCursor,
  })
}

const rangeOf = ({
  order = 'desc',
  before = afterAllTime,
  after = beforeAllTime,
}: Pick<Params, 'order' | 'before' | 'after'>) => ({
  order,
  lastTime: order === 'desc' ? after + 1 : before - 1,
})

interface Whose {
  readonly userKey: number
  readonly channelKey: number | undefined
}

/** Up to `limit` places of a user's messages behind one, the earliest first. */
export const placesOfUser = (
  connection: ReadConnection,
  whose: Whose,
  period: Pick<Params, 'before' | 'after'>,
  start: Place,
  limit: number,
): Place[] => {
  const search = { ...rangeOf({ ...period, order: 'asc' }), start, limit }
  return mergeParts(partsOf(connection, whose, search), search, () => true).places
}

/** Their unindexed messages, and then block by block. */
function partsOf(connection: ReadConnection, whose: Whose, search: MergeSearch): Part[] {
  const { order, start, lastTime } = search
  const [earliest, latest] = order === 'desc' ? [lastTime, start.value] : [start.value, lastTime]
  const statement = statements[order][whose.channelKey === undefined ? 'inAll' : 'inOne']
  const bound = { ...whose, channelKey: whose.channelKey ?? null }
  const blocks = listBlocks(connection, order, { earliest, latest }).map((times) => ({
    ...times,
    find: ({ value: time, key }: Place, until: number, limit: number): Place[] =>
      connection.all<Place>(statement, { ...bound, block: times.block, time, key, lastTime: until, limit }),
  }))
  const unindexed = connection.unindexed.ofUser(whose.userKey, whose.channelKey)
  return unindexed.length === 0 ? blocks : [unindexedPart(order, unindexed), ...blocks]
}

/** Looked at first of all: it may begin anywhere. */
function unindexedPart(order: Order, messages: readonly UnindexedMessage[]): Part {
  const sign = order === 'desc' ? -1 : 1
  const places = messages
    .map(({ timestamp, key }) => ({ value: timestamp, key }))
    .toSorted((one, other) => sign * (one.value - other.value || one.key - other.key))
  return {
    earliest: beforeAllTime,
    latest: afterAllTime,
    find: (start, lastTime, limit) =>
      places
        .filter(
          ({ value, key }) =>
            sign * (value - start.value || key - start.key) > 0 && sign * (value - lastTime) <= 0,
        )
        .slice(0, limit),
  }
}
