import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { ConvoDbError, type ErrorCode, type ErrorData } from '../../protocol/errors.js'
import { isDiskFull } from '../files/room.js'
import { errnoOf, systemErrorCode } from '../files/system-error.js'

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) and ours. Anything else is our own fault. */
const codesByResultCode: { readonly [primary: string]: ErrorCode } = {
  SQLITE_BUSY: 'BUSY',
  SQLITE_LOCKED: 'BUSY',
  SQLITE_FULL: 'DISK_FULL',
  SQLITE_IOERR: 'IO_ERROR',
  SQLITE_CORRUPT: 'CORRUPT',
  SQLITE_NOTADB: 'NOT_A_CONVODB_FILE',
  SQLITE_CANTOPEN: 'CANNOT_OPEN',
  SQLITE_CONSTRAINT: 'CONFLICT',
  SQLITE_TOOBIG: 'TOO_LARGE',
}

/** What these say may have come of a full disk, or of an exhausted share of one (https://www.sqlite.org/rescode.html). */
const mayMeanFullDisk: ReadonlySet<string> = new Set([
  'SQLITE_CANTOPEN',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_SHMSIZE',
  'SQLITE_IOERR_SHMMAP',
])

/** The database that this thread writes to. */
let writtenPath: string | undefined

/** Lets errors of this thread tell a full disk where SQLite itself does not. One thread writes to one database. */
export function watchDiskOf(path: string): void {
  writtenPath = path
}

/** Whether an error that SQLite takes for another was that of a full disk. */
const saysDiskFull = (sqliteCode: string, path: string | undefined = writtenPath): boolean =>
  mayMeanFullDisk.has(sqliteCode) && path !== undefined && isDiskFull(path)

/** SQLite says of such a folder that somebody attempts to write, of whom there is none where a database is only read. */
const unwritableFolder =
  'its folder can not be written to, where SQLite puts files beside a database (-wal, -shm) also to read it; copy the database to a folder that this user may write to'

const messageOf = (
  { code, message }: InstanceType<typeof Database.SqliteError>,
  path: string | undefined,
): string =>
  code === 'SQLITE_READONLY_DIRECTORY' ||
  (code === 'SQLITE_CANTOPEN' && path !== undefined && isOnReadOnlyDisk(path))
    ? unwritableFolder
    : message

/** Where SQLite can not put files because nobody may write to the file system, it says only that it can not open them. */
function isOnReadOnlyDisk(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK)
    return false
  } catch (error) {
    return errnoOf(error) === 'EROFS'
  }
}

/**
 * Turns whatever was thrown into an error as data.
 *
 * @param otherwise the code for errors that SQLite does not explain: our own SQL must not fail so, a caller's may.
 * @param path of the database that was opened.
 */
export function toErrorData(thrown: unknown, otherwise: ErrorCode = 'INTERNAL', path?: string): ErrorData {
  if (thrown instanceof ConvoDbError) return thrown.toJSON()
  if (thrown instanceof Database.SqliteError) {
    const details = { sqliteCode: thrown.code }
    if (saysDiskFull(thrown.code)) return { code: 'DISK_FULL', message: thrown.message, details }
    const primary = thrown.code.split('_').slice(0, 2).join('_')
    // Our own SQL finds a file read-only when the file system does; a caller's, when it writes through a reader.
    if (primary === 'SQLITE_READONLY' && otherwise === 'INTERNAL') otherwise = 'CANNOT_OPEN'
    const code = Object.hasOwn(codesByResultCode, primary) ? codesByResultCode[primary] : undefined
    return { code: code ?? otherwise, message: messageOf(thrown, path), details }
  }
  const code = systemErrorCode(thrown) ?? otherwise
  if (!(thrown instanceof Error)) return { code, message: String(thrown) }
  // A fault of ours is found by where it was thrown, which the message does not tell.
  return { code, message: thrown.message, ...(code === 'INTERNAL' && { cause: thrown.stack ?? thrown.name }) }
}
