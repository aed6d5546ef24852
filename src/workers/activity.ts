import type { WriteConnection } from './connection.js'
import { addChannelActivity } from './tables/channels.js'
import { addUserActivity } from './tables/users.js'

/**
 * Adds what was inserted to the counters and last activities. Before COMMIT, and before anything that reads or changes
 * them: adding up once a batch costs a quarter of a trigger for every row.
 */
export function flushActivity(connection: WriteConnection): void {
  const { channelActivity, userActivity } = connection.memory
  if (channelActivity.size === 0) return
  for (const [channelKey, activity] of channelActivity) addChannelActivity(connection, channelKey, activity)
  for (const [userKey, activity] of userActivity) addUserActivity(connection, userKey, activity)
  channelActivity.clear()
  userActivity.clear()
}

/**
 * Forgets what another connection may have changed since, in this process or another. Inside a write transaction, so
 * that nobody can change anything after the look (https://www.sqlite.org/pragma.html#pragma_data_version).
 */
export function recallMemory(connection: WriteConnection): void {
  const { memory } = connection
  const version = connection.get<{ data_version: number }>('PRAGMA data_version')?.data_version
  if (memory.dataVersion !== version) memory.forget()
  memory.dataVersion = version
}
