import { defaultLimit } from '../../protocol/limits.js'
import type { Order } from '../../protocol/parameters.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection } from '../connection/connection.js'
import { answerItemsPage } from '../reading/pack-answer.js'
import { gatherPage } from '../reading/paging.js'
import {
  afterAllTime,
  beforeAllTime,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../protocol/cursors.js'
import { userColumns, withUnindexed, type KeyedRow, type UserRow } from './users.js'

const selectActive = `SELECT ${userColumns} FROM users WHERE deleted_at IS NULL AND last_active IS NOT NULL`
const descending = 'ORDER BY last_active DESC, user_key DESC LIMIT :limit'
const ascending = 'ORDER BY last_active ASC, user_key ASC LIMIT :limit'
// All four seek users_by_activity (last_active).
const statements = {
  desc: {
    sameTime: `${selectActive} AND last_active = :time AND user_key < :key ${descending}`,
    beyond: `${selectActive} AND last_active < :time ${descending}`,
  },
  asc: {
    sameTime: `${selectActive} AND last_active = :time AND user_key > :key ${ascending}`,
    beyond: `${selectActive} AND last_active > :time ${ascending}`,
  },
}
const selectByKey = `SELECT ${userColumns} FROM users WHERE user_key = ? AND deleted_at IS NULL`

/** A user, and where they stand with what is not indexed yet. */
interface ActiveUser {
  readonly place: Place
  readonly row: UserRow
}

export function listUsersByActivity(
  connection: ReadConnection,
  { limit = defaultLimit, order = 'desc', cursor }: WireParams<'listUsersByActivity'>,
): WireResult<'listUsersByActivity'> | Packed {
  const start = cursor === undefined ? startOf(order) : decodeCursor(cursor)
  const unindexedKeys = new Set(connection.unindexed.activeUsers())
  const unindexed = [...unindexedKeys].flatMap((key) => toUsers(connection.all<KeyedRow>(selectByKey, [key])))
  const { rows, last, hasMore } = gatherPage<ActiveUser, UserRow>({
    limit,
    find(previous, count) {
      const place = previous?.place ?? start
      const isBehind = (user: ActiveUser): boolean => compareIn(order)(user.place, place) > 0
      const indexed = findIndexed(place, count)
      const compare = compareIn(order)
      return [...indexed, ...unindexed.filter(isBehind)]
        .toSorted((one, other) => compare(one.place, other.place))
        .slice(0, count)
    },
    load: ({ row }) => row,
    lengthOf: ({ displayName, metadata }) => (displayName?.length ?? 0) + (metadata?.length ?? 0),
  })
  return answerItemsPage(rows, hasMore && last !== undefined ? encodeCursor(last.place) : null)

  function toUsers(found: readonly KeyedRow[]): ActiveUser[] {
    return found.flatMap((keyed) => {
      const row = withUnindexed(connection, keyed)
      return row.lastActive === null ? [] : { place: { value: row.lastActive, key: keyed.userKey }, row }
    })
  }

  /** Up to `count` users behind a place of whom nothing is unindexed. */
  function findIndexed(from: Place, count: number): ActiveUser[] {
    const users: ActiveUser[] = []
    let place = from
    for (;;) {
      const found = readIndexed(connection, order, place, count)
      users.push(...toUsers(found.filter(({ userKey }) => !unindexedKeys.has(userKey))))
      const end = found.at(-1)
      if (found.length < count || users.length >= count || end === undefined) return users.slice(0, count)
      place = { value: end.lastActive ?? 0, key: end.userKey }
    }
  }
}

function readIndexed(
  connection: ReadConnection,
  order: Order,
  { value: time, key }: Place,
  limit: number,
): KeyedRow[] {
  const { sameTime, beyond } = statements[order]
  const rows = connection.all<KeyedRow>(sameTime, { time, key, limit })
  if (rows.length === limit) return rows
  return rows.concat(connection.all<KeyedRow>(beyond, { time, limit: limit - rows.length }))
}

const startOf = (order: Order): Place =>
  order === 'desc' ? { value: afterAllTime, key: 0 } : { value: beforeAllTime, key: Number.MAX_SAFE_INTEGER }

const compareIn =
  (order: Order) =>
  (one: Place, other: Place): number =>
    (order === 'desc' ? -1 : 1) * (one.value - other.value || one.key - other.key)
