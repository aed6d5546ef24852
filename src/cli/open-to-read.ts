import type { Channel, DatabaseManager } from '../main/index.js'
import { isPostgresUrl } from '../main/postgres-url.js'
import { ConvoDbError } from '../protocol/errors.js'

/**
 * Opens a database to look at it, beside a process that may have it open. One of an older version is opened for writing
 * instead, which brings it up to date.
 *
 * @param readers threads for a file; 0 reads it in this one, which is quickest for a command that asks a thing or two.
 */
export async function openToRead(path: string, readers = 0): Promise<DatabaseManager> {
  try {
    return await openReadOnly(path, readers)
  } catch (error) {
    if (!(error instanceof ConvoDbError) || error.code !== 'OLDER_SCHEMA') throw error
    const { openDatabase } = await import('../main/open-database.js')
    return openDatabase(path, { create: false, readers: Math.max(1, readers) })
  }
}

async function openReadOnly(path: string, readers: number): Promise<DatabaseManager> {
  if (readers === 0 && !isPostgresUrl(path)) {
    const { openFileInThisThread } = await import('../main/open-file.js')
    return openFileInThisThread(path)
  }
  const { openDatabase } = await import('../main/open-database.js')
  return openDatabase(path, { readOnly: true, readers: Math.max(1, readers) })
}

/** @throws NOT_FOUND when there is no such channel: an empty answer would hide a typing error */
export async function findChannel(db: DatabaseManager, channelId: string): Promise<Channel> {
  const channel = await db.getChannel({ channelId })
  if (channel !== undefined) return channel
  throw new ConvoDbError('NOT_FOUND', `There is no channel '${channelId}'`, { channelId })
}
