import type { Channel, DatabaseManager } from '../main/index.js'
import { ConvoDbError } from '../protocol/errors.js'

/**
 * Opens a database to look at it, beside a process that may have it open. One of an older version is opened for writing
 * instead, which brings it up to date.
 */
export async function openToRead(path: string, readers = 1): Promise<DatabaseManager> {
  const { openDatabase } = await import('../main/open-database.js')
  try {
    return await openDatabase(path, { readOnly: true, readers })
  } catch (error) {
    if (!(error instanceof ConvoDbError) || error.code !== 'OLDER_SCHEMA') throw error
    return openDatabase(path, { create: false, readers })
  }
}

/** @throws NOT_FOUND when there is no such channel: an empty answer would hide a typing error */
export async function findChannel(db: DatabaseManager, channelId: string): Promise<Channel> {
  const channel = await db.getChannel({ channelId })
  if (channel !== undefined) return channel
  throw new ConvoDbError('NOT_FOUND', `There is no channel '${channelId}'`, { channelId })
}
