import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams } from '../../protocol/operations.js'
import type { Order } from '../../protocol/parameters.js'
import type { ReadConnection } from '../connection/connection.js'
import { readStretch, type KeysetSql, type Stretch } from '../reading/paging.js'
import {
  afterAllTime,
  beforeAllTime,
  comparePlaces,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../protocol/cursors.js'
import { listPlaces } from './channel-places.js'
import { findSearchedRow } from './message-rows.js'
import { loadPage, type LoadedPage } from './rows-by-keys.js'
import { listTypedPlaces, usualType } from './typed-messages.js'

const selectReplies = `
  SELECT timestamp AS value, message_key AS key FROM main.messages
  WHERE reply_to_message_id = :replyToMessageId AND channel_key = :channelKey`
const descending = 'ORDER BY timestamp DESC, message_key DESC LIMIT :limit'
const ascending = 'ORDER BY timestamp ASC, message_key ASC LIMIT :limit'
// All four seek messages_by_reply (reply_to_message_id, channel_key, timestamp), which has unindexed messages, too.
const replies: KeysetSql = {
  desc: {
    sameTime: `${selectReplies} AND timestamp = :time AND message_key < :key ${descending}`,
    beyond: `${selectReplies} AND timestamp < :time AND timestamp > :end ${descending}`,
  },
  asc: {
    sameTime: `${selectReplies} AND timestamp = :time AND message_key > :key ${ascending}`,
    beyond: `${selectReplies} AND timestamp > :time AND timestamp < :end ${ascending}`,
  },
}

type Params = WireParams<'getMessages'>
type Times = Pick<Params, 'before' | 'after'>
type Filter = Omit<Params, 'channelId'>

/** A page that would look at more messages ends where it has come to: some 50 ms. */
const maxLooks = 20_000
const placesPerStep = 512

export const isFiltered = ({ messageType, replyToMessageId }: Params): boolean =>
  messageType !== undefined || replyToMessageId !== undefined

/** Up to `limit` places behind one, in order. */
type List = (place: Place, limit: number) => Place[]

/** One page of those messages of a channel that have the type, and answer the message, that are asked for. */
export function readFilteredPage(
  connection: ReadConnection,
  channelKey: number | undefined,
  params: Params,
  selectRowsByKeys: string,
): LoadedPage {
  const { limit = defaultLimit, order = 'desc', cursor, messageType, replyToMessageId } = params
  const start = cursor === undefined ? startOf(order, params) : decodeCursor(cursor)
  if (channelKey === undefined) return { items: [], nextCursor: null }
  const isType = ({ key }: Place): boolean =>
    messageType === undefined || findSearchedRow(connection, key)?.messageType === messageType
  const list = placesOfChannel(connection, channelKey, params, isType)
  // In the index of types are those alone that are asked for.
  const isFound = replyToMessageId === undefined && messageType !== usualType ? () => true : isType
  const { places, stoppedAt } = gatherPlaces(list, isFound, start, limit + 1)
  return loadPage(connection, selectRowsByKeys, {
    places: places.slice(0, limit),
    next: places.length > limit ? undefined : stoppedAt,
    hasMore: places.length > limit || stoppedAt !== undefined,
    encode: encodeCursor,
  })
}

/** Before all places of a period, both of whose times are exclusive. */
export const startOf = (order: Order, { before = afterAllTime, after = beforeAllTime }: Times): Place =>
  order === 'desc' ? { value: before, key: 0 } : { value: after, key: Number.MAX_SAFE_INTEGER }

/** What is found by a seek for the parameters that are given. */
export function placesOfChannel(
  connection: ReadConnection,
  channelKey: number,
  { order = 'desc', before = afterAllTime, after = beforeAllTime, messageType, replyToMessageId }: Filter,
  isType: (place: Place) => boolean,
): List {
  const end = order === 'desc' ? after : before
  const stretchFrom = ({ value: time, key }: Place, limit: number): Stretch => ({
    channelKey,
    time,
    key,
    end,
    limit,
  })
  if (replyToMessageId !== undefined) {
    return (place, limit) =>
      readStretch(
        replies,
        order,
        { ...stretchFrom(place, limit), extra: { replyToMessageId } },
        (sql, bound) => connection.all<Place>(sql, bound),
      )
  }
  if (messageType === undefined || messageType === usualType) {
    return (place, limit) => listPlaces(connection, channelKey, order, place, limit, end)
  }
  let unindexed: Place[] | undefined
  return (place, limit) => {
    unindexed ??= connection.unindexed
      .list(channelKey, order, stretchFrom(place, Infinity), Infinity)
      .map(({ timestamp, key }) => ({ value: timestamp, key }))
      .filter(isType)
    const indexed = listTypedPlaces(connection, order, stretchFrom(place, limit), messageType)
    const isBehind = behind(order, place)
    return [...indexed, ...unindexed.filter(isBehind)].toSorted(comparing(order)).slice(0, limit)
  }
}

const comparing =
  (order: Order) =>
  (one: Place, other: Place): number =>
    (order === 'desc' ? -1 : 1) * comparePlaces(one, other)
const behind =
  (order: Order, place: Place) =>
  (other: Place): boolean =>
    comparing(order)(other, place) > 0

/** Up to `limit` of the places listed, and where to go on where too many were looked at. */
function gatherPlaces(list: List, isFound: (place: Place) => boolean, start: Place, limit: number) {
  const places: Place[] = []
  let last = start
  for (let looks = 0; looks < maxLooks; looks += placesPerStep) {
    const listed = list(last, placesPerStep)
    for (const place of listed) {
      if (isFound(place)) places.push(place)
      if (places.length === limit) return { places, stoppedAt: undefined }
    }
    last = listed.at(-1) ?? last
    if (listed.length < placesPerStep) return { places, stoppedAt: undefined }
  }
  return { places, stoppedAt: last }
}
