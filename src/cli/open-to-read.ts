import { ConvoDbError, openDatabase, type DatabaseManager } from '../main/index.js'

/**
 * Opens a database to look at it, beside a process that may have it open. One of an older version is opened for writing
 * instead, which brings it up to date.
 */
export async function openToRead(path: string, readers = 1): Promise<DatabaseManager> {
  try {
    return await openDatabase(path, { readOnly: true, readers })
  } catch (error) {
    if (!(error instanceof ConvoDbError) || error.code !== 'OLDER_SCHEMA') throw error
    return openDatabase(path, { create: false, readers })
  }
}
