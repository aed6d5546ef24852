import type { Order } from '../../protocol/parameters.js'
import type { MessageRow } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import {
  afterAllTime,
  beforeAllTime,
  readPage,
  readStretch,
  type KeysetSql,
  type Listing,
  type Stretch,
} from '../reading/paging.js'
import { answerContext, answerPage, type Row } from '../reading/pack-answer.js'
import type { UnindexedMessage } from '../unindexed/unindexed-messages.js'
import { countFromCounters, findChannelKey } from './channels.js'
import {
  lengthOfRow,
  loadRow,
  messageColumns,
  placeOfRow,
  unlessLong,
  type FoundRow,
} from './message-rows.js'
import { findPlacedMessage } from './messages.js'

// A listing is of one channel, whose id is bound.
const rowColumns = unlessLong(`json_array(${messageColumns(':channelId')})`)
const selectRows = `
  SELECT ${rowColumns}
  FROM channel_messages AS places
  CROSS JOIN messages ON messages.message_key = places.message_key
  CROSS JOIN main.users ON users.user_key = messages.user_key
  WHERE places.channel_key = :channelKey`
const descending = 'ORDER BY places.timestamp DESC, places.message_key DESC LIMIT :limit'
const ascending = 'ORDER BY places.timestamp ASC, places.message_key ASC LIMIT :limit'

// All four seek the primary key (channel_key, timestamp, message_key).
const channelMessagesSql: KeysetSql = {
  desc: {
    sameTime: `${selectRows} AND places.timestamp = :time AND places.message_key < :key ${descending}`,
    beyond: `${selectRows} AND places.timestamp < :time AND places.timestamp > :end ${descending}`,
  },
  asc: {
    sameTime: `${selectRows} AND places.timestamp = :time AND places.message_key > :key ${ascending}`,
    beyond: `${selectRows} AND places.timestamp > :time AND places.timestamp < :end ${ascending}`,
  },
}
const selectRowsByKeys = `
  SELECT ${rowColumns}
  FROM json_each(:keys) AS asked CROSS JOIN messages ON messages.message_key = asked.value
  CROSS JOIN main.users ON users.user_key = messages.user_key
  ORDER BY asked.key`
// One range of the primary key a channel.
const countInChannel = `
  SELECT count(*) AS count FROM channel_messages WHERE channel_key = ? AND timestamp > ? AND timestamp < ?`
const countInAllChannels = `
  SELECT count(*) AS count FROM main.channels CROSS JOIN channel_messages AS places ON places.channel_key = channels.channel_key
  WHERE places.timestamp > ? AND places.timestamp < ?`

interface ChannelStretch extends Stretch {
  readonly extra: { readonly channelId: string }
}

/** Rows of JSON, indexed and unindexed ones in one order. */
function readRows(connection: ReadConnection, order: Order, stretch: ChannelStretch): FoundRow[] {
  const { channelKey, limit, extra } = stretch
  const indexed = readStretch(channelMessagesSql, order, stretch, (sql, params) =>
    connection.column<FoundRow>(sql, params),
  )
  const unindexed = connection.unindexed.list(channelKey, order, stretch, limit)
  if (unindexed.length === 0) return indexed
  const keys = JSON.stringify(unindexed.map(({ key }) => key))
  const rows = connection.column<FoundRow>(selectRowsByKeys, { keys, ...extra })
  return interleave(connection, order, indexed, unindexed, rows).slice(0, limit)
}

/** Two ordered lists as one. Of equal times the unindexed message is the later one: its key is the greater. */
function interleave(
  connection: ReadConnection,
  order: Order,
  indexed: readonly FoundRow[],
  unindexed: readonly UnindexedMessage[],
  unindexedRows: readonly FoundRow[],
): FoundRow[] {
  const rows: FoundRow[] = []
  let next = 0
  let nextTime = timeOf(connection, indexed[next])
  unindexed.forEach(({ timestamp }, index) => {
    while (nextTime !== undefined && (order === 'desc' ? nextTime > timestamp : nextTime <= timestamp)) {
      rows.push(...indexed.slice(next, next + 1))
      next += 1
      nextTime = timeOf(connection, indexed[next])
    }
    rows.push(...unindexedRows.slice(index, index + 1))
  })
  return rows.concat(indexed.slice(next))
}

function timeOf(connection: ReadConnection, row: FoundRow | undefined): number | undefined {
  if (row === undefined) return undefined
  if (typeof row === 'number') return placeOfRow(connection, row).value
  const parsed: MessageRow = JSON.parse(row)
  return parsed[4]
}

const listingOf = (channelId: string): Listing<FoundRow, Row> => ({
  read: (connection, order, stretch) => readRows(connection, order, { ...stretch, extra: { channelId } }),
  placeOf: placeOfRow,
  load: loadRow,
  lengthOf: lengthOfRow,
})

export function getMessages(
  connection: ReadConnection,
  { channelId, ...page }: WireParams<'getMessages'>,
): WireResult<'getMessages'> | Packed {
  const channelKey = findChannelKey(connection, channelId)
  const { items, nextCursor } = readPage(connection, listingOf(channelId), channelKey, page)
  return answerPage(items, { nextCursor })
}

export function getMessageContext(
  connection: ReadConnection,
  { messageId, before = 5, after = 5 }: WireParams<'getMessageContext'>,
): WireResult<'getMessageContext'> | Packed {
  const found = findPlacedMessage(connection, messageId)
  if (found === undefined) return undefined
  const { message } = found
  const place = { ...found.place, extra: { channelId: message.channelId } }
  const earlier = readRows(connection, 'desc', { ...place, end: beforeAllTime, limit: before })
  const later = readRows(connection, 'asc', { ...place, end: afterAllTime, limit: after })
  const load = (rows: readonly FoundRow[]): Generator<Row> => loadRows(connection, rows)
  return answerContext(load(earlier.toReversed()), message, load(later))
}

function* loadRows(connection: ReadConnection, rows: readonly FoundRow[]): Generator<Row> {
  for (const row of rows) yield loadRow(connection, row)
}

export function countMessages(
  connection: ReadConnection,
  { channelId, before, after }: WireParams<'countMessages'>,
): number {
  if (before === undefined && after === undefined) return countFromCounters(connection, channelId)
  const range = [after ?? beforeAllTime, before ?? afterAllTime] as const
  if (channelId === undefined) {
    const indexed = connection.get<{ count: number }>(countInAllChannels, range)?.count ?? 0
    return indexed + connection.unindexed.count(undefined, ...range)
  }
  const channelKey = findChannelKey(connection, channelId)
  if (channelKey === undefined) return 0
  const indexed = connection.get<{ count: number }>(countInChannel, [channelKey, ...range])?.count ?? 0
  return indexed + connection.unindexed.count(channelKey, ...range)
}
