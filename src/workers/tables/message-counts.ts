import { ConvoDbError } from '../../protocol/errors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { answerItemsPage } from '../reading/pack-answer.js'
import { startPageTime } from '../reading/page-time.js'
import { afterAllTime, beforeAllTime, decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { listBlocks } from './block-times.js'
import { findChannelKey } from './channels.js'
import { isIndexed } from './indexed-messages.js'
import { findUserKey } from './user-keys.js'

// Seek the primary key (channel_key, timestamp, message_key).
const selectNext = {
  desc: `
    SELECT timestamp FROM channel_messages
    WHERE channel_key = :channelKey AND timestamp >= :earliest AND timestamp <= :latest AND ${isIndexed}
    ORDER BY timestamp DESC LIMIT 1`,
  asc: `
    SELECT timestamp FROM channel_messages
    WHERE channel_key = :channelKey AND timestamp >= :earliest AND timestamp <= :latest AND ${isIndexed}
    ORDER BY timestamp ASC LIMIT 1`,
}
const countInRange = `
  SELECT count(*) FROM channel_messages
  WHERE channel_key = :channelKey AND timestamp >= :earliest AND timestamp <= :latest AND ${isIndexed}`
// Seeks the primary key (block, user_key, timestamp, message_key).
const selectTimes = `
  SELECT timestamp FROM user_messages
  WHERE block = :block AND user_key = :userKey AND timestamp >= :earliest AND timestamp <= :latest
    AND channel_key = coalesce(:channelKey, channel_key) AND ${isIndexed}`

const spansMs = { hour: 3_600_000, day: 86_400_000 }

type Params = WireParams<'countMessagesBy'>

/** Both inclusive. */
interface Range {
  readonly earliest: number
  readonly latest: number
}

interface Search {
  readonly order: 'asc' | 'desc'
  readonly spanMs: number
  readonly limit: number
  readonly range: Range
  mayGoOn(): boolean
}

/** By the start of each span that has any, in order; one more than asked for, or `hasMore`, tells that there are others. */
interface Counted {
  readonly counts: readonly (readonly [start: number, messages: number])[]
  readonly hasMore: boolean
}

/** @throws INVALID_ARGUMENT */
export function countMessagesBy(
  connection: ReadConnection,
  params: Params,
): WireResult<'countMessagesBy'> | Packed {
  const { channelId, userId, by, limit = defaultLimit, order = 'desc' } = params
  if (channelId === undefined && userId === undefined) {
    const message = 'channelId or userId must say whose messages are counted'
    throw new ConvoDbError('INVALID_ARGUMENT', message, { field: 'channelId' })
  }
  const search = { order, spanMs: spansMs[by], limit, range: rangeOf(params), mayGoOn: startPageTime() }
  const { counts, hasMore } = countAll(connection, params, search)
  const items = counts.slice(0, limit).map(([startTime, messages]) => ({ startTime, messages }))
  const last = items.at(-1)
  const isLast = last === undefined || !(hasMore || counts.length > limit)
  return answerItemsPage(items, isLast ? null : encodeCursor({ value: last.startTime, key: 0 }))
}

/** What is left of the period behind the span where the page before ended. */
function rangeOf({
  by,
  cursor,
  order = 'desc',
  before = afterAllTime,
  after = beforeAllTime,
}: Params): Range {
  const range = { earliest: after + 1, latest: before - 1 }
  if (cursor === undefined) return range
  const { value } = decodeCursor(cursor)
  return order === 'desc'
    ? { ...range, latest: Math.min(range.latest, value - 1) }
    : { ...range, earliest: Math.max(range.earliest, value + spansMs[by]) }
}

const nothing: Counted = { counts: [], hasMore: false }

function countAll(connection: ReadConnection, { channelId, userId }: Params, search: Search): Counted {
  const channelKey = channelId === undefined ? undefined : findChannelKey(connection, channelId)
  if (channelId !== undefined && channelKey === undefined) return nothing
  if (userId === undefined)
    return channelKey === undefined ? nothing : countChannel(connection, channelKey, search)
  const userKey = findUserKey(connection, userId)
  return userKey === undefined ? nothing : countUser(connection, { userKey, channelKey }, search)
}

const startOf = (time: number, spanMs: number): number => Math.floor(time / spanMs) * spanMs

/** Span by span: a seek to the next one that has any, and its range of the index. */
function countChannel(connection: ReadConnection, channelKey: number, search: Search): Counted {
  const { order, spanMs, limit, range, mayGoOn } = search
  const stretch = { time: range.earliest - 1, end: range.latest + 1 }
  const unindexed = connection.unindexed
    .list(channelKey, 'asc', stretch, Infinity)
    .map(({ timestamp }) => timestamp)
  const counts: [number, number][] = []
  let { earliest, latest } = range
  for (;;) {
    const isInside = (time: number): boolean => time >= earliest && time <= latest
    const indexed = connection.column<number>(selectNext[order], { channelKey, earliest, latest })
    const waiting = order === 'desc' ? unindexed.findLast(isInside) : unindexed.find(isInside)
    const times = waiting === undefined ? indexed : [...indexed, waiting]
    if (times.length === 0) return { counts, hasMore: false }
    if (counts.length > limit || (counts.length > 0 && !mayGoOn())) return { counts, hasMore: true }
    const start = startOf(order === 'desc' ? Math.max(...times) : Math.min(...times), spanMs)
    const span = { earliest: Math.max(earliest, start), latest: Math.min(latest, start + spanMs - 1) }
    const [count = 0] = connection.column<number>(countInRange, { channelKey, ...span })
    const others = unindexed.filter((time) => time >= span.earliest && time <= span.latest)
    counts.push([start, count + others.length])
    if (order === 'desc') latest = start - 1
    else earliest = start + spanMs
  }
}

interface Whose {
  readonly userKey: number
  readonly channelKey: number | undefined
}

/** Block by block, those that begin first in the order asked first: a span is counted when no later block can have any of it. */
function countUser(connection: ReadConnection, whose: Whose, search: Search): Counted {
  const { order, spanMs, limit, range, mayGoOn } = search
  const bound = { userKey: whose.userKey, channelKey: whose.channelKey ?? null, ...range }
  const sums = new Map<number, number>()
  const add = (time: number): void => {
    const start = startOf(time, spanMs)
    sums.set(start, (sums.get(start) ?? 0) + 1)
  }
  for (const { timestamp } of connection.unindexed.ofUser(whose.userKey, whose.channelKey))
    if (timestamp >= range.earliest && timestamp <= range.latest) add(timestamp)
  const counted = (isWhole: (start: number) => boolean): [number, number][] => {
    const counts = [...sums].filter(([start]) => isWhole(start))
    return counts.toSorted(([one], [other]) => (order === 'desc' ? other - one : one - other))
  }
  let wasIn = 0
  for (const block of listBlocks(connection, order, range)) {
    // Looked for only where it may have changed: each look goes through all of them.
    if (sums.size > wasIn || !mayGoOn()) {
      const next = startOf(order === 'desc' ? block.latest : block.earliest, spanMs)
      const counts = counted((start) => (order === 'desc' ? start > next : start < next))
      if (counts.length > limit || (counts.length > 0 && !mayGoOn())) return { counts, hasMore: true }
      wasIn = sums.size
    }
    for (const time of connection.column<number>(selectTimes, { ...bound, block: block.block })) add(time)
  }
  return { counts: counted(() => true), hasMore: false }
}
