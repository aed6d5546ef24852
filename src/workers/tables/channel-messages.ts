import type { Order } from '../../protocol/parameters.js'
import type { MessageRow } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { readPage, readStretch, type KeysetSql, type Listing, type Stretch } from '../reading/paging.js'
import { afterAllTime, beforeAllTime } from '../../protocol/cursors.js'
import { answerContext, answerPage, type Row } from '../reading/pack-answer.js'
import { messagesToJson, messageToJson } from '../reading/row-json.js'
import type { UnindexedMessage } from '../unindexed/unindexed-messages.js'
import { countFromCounters, findChannelKey } from './channels.js'
import { isIndexed } from './indexed-messages.js'
import {
  lengthOfRow,
  loadRow,
  messageColumns,
  messageObject,
  placeOfRow,
  unlessLong,
  toValues,
  valuesOf,
  type FoundRow,
} from './message-rows.js'
import { isFiltered, readFilteredPage } from './filtered-messages.js'
import { findPlacedMessage } from './messages.js'
import { rowsAsJson, rowsAsObjects } from './rows-by-keys.js'
import { shownOf, withShown } from './shown-with-messages.js'

const descending = 'ORDER BY places.timestamp DESC, places.message_key DESC LIMIT :limit'
const ascending = 'ORDER BY places.timestamp ASC, places.message_key ASC LIMIT :limit'

/** The statements of a listing of one channel, whose id is bound. */
interface ListingSql {
  readonly places: KeysetSql
  readonly byKeys: string
  /** Of rows whose places were found by something else than their channel. */
  readonly found: string
}

function listingSql(row: string, found: string): ListingSql {
  const selectRows = `
    SELECT ${row}
    FROM channel_messages AS places
    CROSS JOIN messages ON messages.message_key = places.message_key
    CROSS JOIN main.users ON users.user_key = messages.user_key
    WHERE places.channel_key = :channelKey AND places.${isIndexed}`
  return {
    found,
    // All four seek the primary key (channel_key, timestamp, message_key).
    places: {
      desc: {
        sameTime: `${selectRows} AND places.timestamp = :time AND places.message_key < :key ${descending}`,
        beyond: `${selectRows} AND places.timestamp < :time AND places.timestamp > :end ${descending}`,
      },
      asc: {
        sameTime: `${selectRows} AND places.timestamp = :time AND places.message_key > :key ${ascending}`,
        beyond: `${selectRows} AND places.timestamp > :time AND places.timestamp < :end ${ascending}`,
      },
    },
    byKeys: `
      SELECT ${row}
      FROM json_each(:keys) AS asked CROSS JOIN messages ON messages.message_key = asked.value
      CROSS JOIN main.users ON users.user_key = messages.user_key
      ORDER BY asked.key`,
  }
}

const asRows = listingSql(unlessLong(`json_array(${messageColumns(':channelId')})`), rowsAsJson)
const asObjects = listingSql(messageObject(':channelId'), rowsAsObjects)
// One range of the primary key a channel.
const countInChannel = `
  SELECT count(*) AS count FROM channel_messages
  WHERE channel_key = ? AND timestamp > ? AND timestamp < ? AND ${isIndexed}`
const countInAllChannels = `
  SELECT count(*) AS count FROM main.channels CROSS JOIN channel_messages AS places ON places.channel_key = channels.channel_key
  WHERE places.timestamp > ? AND places.timestamp < ? AND places.${isIndexed}`

interface ChannelStretch extends Stretch {
  readonly extra: { readonly channelId: string }
}

/**
 * Rows of JSON, indexed and unindexed ones in one order. What is unindexed is the newest as a rule, so of the indexed ones no more are read than
 * stand among those and, behind the last of them, than are missing then.
 */
function readRows(
  connection: ReadConnection,
  sql: ListingSql,
  order: Order,
  stretch: ChannelStretch,
): FoundRow[] {
  const { channelKey, limit, extra } = stretch
  const readIndexed = (part: ChannelStretch): FoundRow[] =>
    readStretch(sql.places, order, part, (statement, params) =>
      connection.column<FoundRow>(statement, params),
    )
  const unindexed = connection.unindexed.list(channelKey, order, stretch, limit)
  const last = unindexed.at(-1)
  if (last === undefined) return readIndexed(stretch)
  const { timestamp: time, key } = last
  // Of equal times the unindexed message has the greater key: backwards it comes before all indexed ones.
  const end = order === 'desc' ? time : time + 1
  const among = order === 'desc' && time === stretch.time ? [] : readIndexed({ ...stretch, end })
  const keys = JSON.stringify(unindexed.map((message) => message.key))
  const rows = connection.column<FoundRow>(sql.byKeys, { keys, ...extra })
  const merged = interleave(connection, order, among, unindexed, rows)
  const missing = limit - merged.length
  return missing > 0
    ? merged.concat(readIndexed({ ...stretch, time, key, limit: missing }))
    : merged.slice(0, limit)
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
  const parsed: MessageRow | { readonly timestamp: string } = JSON.parse(row)
  return 'timestamp' in parsed ? Date.parse(parsed.timestamp) : parsed[4]
}

const listingOf = (channelId: string, sql: ListingSql): Listing<FoundRow, Row> => ({
  read: (connection, order, stretch) =>
    readRows(connection, sql, order, { ...stretch, extra: { channelId } }),
  placeOf: placeOfRow,
  load: loadRow,
  lengthOf: lengthOfRow,
})

export function getMessages(
  connection: ReadConnection,
  page: WireParams<'getMessages'>,
): WireResult<'getMessages'> | Packed {
  const { items, nextCursor } = readMessages(connection, page, asRows)
  return answerPage(withShown(connection, items, page), { nextCursor })
}

/** The page as the JSON that callers of HTTP get. */
export function getMessagesAsJson(connection: ReadConnection, page: WireParams<'getMessages'>): string {
  const { items, nextCursor } = readMessages(connection, page, asObjects)
  // Texts are messages already.
  const texts = Array.from(withShown(connection, items, page), (row) =>
    typeof row === 'string' ? row : messageToJson(row),
  )
  return `{"items":[${texts.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`
}

function readMessages(connection: ReadConnection, page: WireParams<'getMessages'>, sql: ListingSql) {
  const { channelId } = page
  const channelKey = findChannelKey(connection, channelId)
  if (isFiltered(page)) return readFilteredPage(connection, channelKey, page, sql.found)
  return readPage(connection, listingOf(channelId, sql), channelKey, page)
}

export function getMessageContext(
  connection: ReadConnection,
  params: WireParams<'getMessageContext'>,
): WireResult<'getMessageContext'> | Packed {
  const context = readContext(connection, params)
  return context && answerContext(context.before, { ...context.message, ...context.shown }, context.after)
}

/** The same as the JSON that callers of HTTP get. */
export function getMessageContextAsJson(
  connection: ReadConnection,
  params: WireParams<'getMessageContext'>,
): string {
  const context = readContext(connection, params)
  if (context === undefined) return 'null'
  const { before, message, shown, after } = context
  const values = valuesOf(message)
  const text = messageToJson(shown === undefined ? values : [...values, shown])
  return `{"before":${messagesToJson(before)},"message":${text},"after":${messagesToJson(after)}}`
}

function readContext(
  connection: ReadConnection,
  { messageId, before = 5, after = 5, ...asked }: WireParams<'getMessageContext'>,
) {
  const found = findPlacedMessage(connection, messageId)
  if (found === undefined) return undefined
  const { message } = found
  const place = { ...found.place, extra: { channelId: message.channelId } }
  const earlier = readRows(connection, asRows, 'desc', { ...place, end: beforeAllTime, limit: before })
  const later = readRows(connection, asRows, 'asc', { ...place, end: afterAllTime, limit: after })
  const load = (rows: readonly FoundRow[]): Iterable<Row> =>
    withShown(connection, loadRows(connection, rows), asked)
  const shown = shownOf(connection, messageId, asked)
  return { before: load(earlier.toReversed()), message, shown, after: load(later) }
}

function* loadRows(connection: ReadConnection, rows: readonly FoundRow[]): Generator<Row> {
  for (const row of rows) yield loadRow(connection, row)
}

/** So many messages before and after one in its channel, in their order. */
export function readAround(
  connection: ReadConnection,
  messageId: string,
  context: number,
): { readonly before: MessageRow[]; readonly after: MessageRow[] } {
  const found = readContext(connection, { messageId, before: context, after: context })
  const whole = (rows: Iterable<Row> = []): MessageRow[] => Array.from(rows, toValues)
  return { before: whole(found?.before), after: whole(found?.after) }
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
