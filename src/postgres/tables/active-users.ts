import { afterAllTime, beforeAllTime, decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { gatherPage } from '../reading/paging.js'
import { lengthOf, userColumns, withoutKey, type KeyedUser } from './users.js'

const select = `
  SELECT ${userColumns}, user_key AS "userKey" FROM users WHERE deleted_at IS NULL AND last_active IS NOT NULL`
// Both are ranges of users_by_activity (last_active, user_key).
const listing = {
  desc: `
    ${select} AND (last_active, user_key) < ($1::bigint, $2::bigint) ORDER BY last_active DESC, user_key DESC LIMIT $3`,
  asc: `
    ${select} AND (last_active, user_key) > ($1::bigint, $2::bigint) ORDER BY last_active ASC, user_key ASC LIMIT $3`,
}

export async function listUsersByActivity(
  session: Session,
  { limit = defaultLimit, order = 'desc', cursor }: WireParams<'listUsersByActivity'>,
): Promise<WireResult<'listUsersByActivity'>> {
  const first =
    order === 'desc'
      ? { value: afterAllTime, key: 0 }
      : { value: beforeAllTime, key: Number.MAX_SAFE_INTEGER }
  const start = cursor === undefined ? first : decodeCursor(cursor)
  const { rows, last } = await gatherPage<KeyedUser>({
    limit,
    find: (previous, count) => {
      const { value, key } =
        previous === undefined ? start : { value: previous.lastActive ?? 0, key: previous.userKey }
      return session.all(listing[order], [value, key, count])
    },
    lengthOf,
  })
  return {
    items: rows.map(withoutKey),
    nextCursor: last === undefined ? null : encodeCursor({ value: last.lastActive ?? 0, key: last.userKey }),
  }
}
