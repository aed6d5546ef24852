import type { Order } from '../../protocol/parameters.js'
import { defaultLimit, maxPageLength } from '../../protocol/limits.js'
import type { BindParams, BindValue, ReadConnection } from '../connection/connection.js'
import {
  afterAllTime,
  beforeAllTime,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../protocol/cursors.js'

/**
 * One direction of an ordered listing inside one channel, as two queries: the rows that share the place's time, then
 * those beyond it. A row-value comparison would be one, but SQLite seeks its first column only.
 */
interface DirectionSql {
  /** Binds :channelKey, :time, :key and :limit. */
  readonly sameTime: string
  /** Binds :channelKey, :time, :end (the far end, exclusive) and :limit. */
  readonly beyond: string
}

export type KeysetSql = { readonly [O in Order]: DirectionSql }

/** The stretch of a listing to read. `extra` binds what only one listing asks for. */
export interface Stretch {
  readonly channelKey: number
  readonly time: number
  /** Without it no row shares the place's time: the time itself is excluded. */
  readonly key?: number | undefined
  readonly end: number
  readonly limit: number
  readonly extra?: { readonly [name: string]: BindValue }
}

export interface Listing<Found, Row> {
  /** Up to `limit` rows from a place on, in order. */
  read(connection: ReadConnection, order: Order, stretch: Stretch): Found[]
  placeOf(connection: ReadConnection, found: Found): Place
  /** The row whole, where it was only found so far. */
  load(connection: ReadConnection, found: Found): Row
  /** In characters. */
  lengthOf(row: Row): number
}

interface PageParams {
  readonly limit?: number | undefined
  readonly order?: Order | undefined
  readonly cursor?: string | undefined
  readonly before?: number | undefined
  readonly after?: number | undefined
}

/** Runs a listing's queries; `run` runs one of them. */
export function readStretch<Row>(
  sql: KeysetSql,
  order: Order,
  { channelKey, time, key, end, limit, extra }: Stretch,
  run: (sql: string, params: BindParams) => Row[],
): Row[] {
  const { sameTime, beyond } = sql[order]
  const rows = key === undefined ? [] : run(sameTime, { channelKey, time, key, limit, ...extra })
  const missing = limit - rows.length
  if (missing === 0) return rows
  return rows.concat(run(beyond, { channelKey, time, end, limit: missing, ...extra }))
}

/** One page. */
export function readPage<Found, Row>(
  connection: ReadConnection,
  listing: Listing<Found, Row>,
  channelKey: number | undefined,
  { limit = defaultLimit, order = 'desc', cursor, before = afterAllTime, after = beforeAllTime }: PageParams,
  extra: { readonly [name: string]: BindValue } = {},
): { items: Row[]; nextCursor: string | null } {
  const place = cursor === undefined ? undefined : decodeCursor(cursor)
  if (channelKey === undefined) return { items: [], nextCursor: null }
  const [start, end] = order === 'desc' ? [before, after] : [after, before]
  const { rows, last, hasMore } = gatherPage<Found, Row>({
    limit,
    find(previous, count) {
      const from = previous === undefined ? place : listing.placeOf(connection, previous)
      const stretch = from === undefined ? { time: start } : { time: from.value, key: from.key }
      return listing.read(connection, order, { channelKey, ...stretch, end, limit: count, extra })
    },
    load: (found) => listing.load(connection, found),
    lengthOf: (row) => listing.lengthOf(row),
  })
  const isLast = !hasMore || last === undefined
  return { items: rows, nextCursor: isLast ? null : encodeCursor(listing.placeOf(connection, last)) }
}

/** So many are looked for at a time, lest a long page of long rows is read whole before it is cut. */
const rowsPerStep = 256

interface PageSource<Found, Row> {
  readonly limit: number
  /** Up to `count` rows behind the last one, or from the start. */
  find(last: Found | undefined, count: number): readonly Found[]
  /** The row whole. */
  load(found: Found): Row
  /** Its length, in characters. */
  lengthOf(row: Row): number
}

/** One page: as many rows as are asked for or, where they are long, as many as make it long enough; one at least. */
export function gatherPage<Found, Row>({ limit, find, load, lengthOf }: PageSource<Found, Row>) {
  const rows: Row[] = []
  let length = 0
  let last: Found | undefined
  for (;;) {
    // One more than there is room for tells whether another page follows.
    const count = Math.min(limit - rows.length + 1, rowsPerStep)
    const found = find(last, count)
    for (const item of found) {
      if (rows.length === limit || length > maxPageLength) return { rows, last, hasMore: true }
      const row = load(item)
      rows.push(row)
      length += lengthOf(row)
      last = item
    }
    if (found.length < count) return { rows, last, hasMore: false }
  }
}
