import type { Check } from './inspection.js'
import { channelsByKey, usersByKey, walk } from './walk.js'

// The same terms as in the generated columns (src/workers/schema/0001-initial.ts), but never stored.
const wrongChannels = `
  SELECT channel_key AS key FROM channels
  WHERE channel_key > :after AND channel_key <= :through
    AND activity_check IS NOT message_count * 31 + coalesce(last_active, -1)
  LIMIT :room`
const wrongUsers = `
  SELECT user_key AS key FROM users
  WHERE user_key > :after AND user_key <= :through
    AND activity_check IS NOT
      message_count * 29791 + coalesce(last_active, -1) * 961 + first_seen * 31 + coalesce(deleted_at, -1)
  LIMIT :room`

const message = 'Its counter and times are not what their check says'

/** The numbers that change with every indexing, against their own small checksum. */
export const activity: Check = {
  name: 'activity',
  snapshot: 'slice',
  run(inspection) {
    const { connection } = inspection
    for (const [sql, selectWrong] of [
      [channelsByKey, wrongChannels],
      [usersByKey, wrongUsers],
    ] as const) {
      walk(inspection, sql, (range) => {
        const wrong = connection.all<{ key: number }>(selectWrong, { ...range, room: inspection.room })
        inspection.reportRows(sql.table, wrong, message)
      })
    }
  },
}
