import Database from 'better-sqlite3'
import { ConvoDbError, type ErrorCode, type ErrorData } from '../protocol/errors.js'

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

/**
 * Turns whatever was thrown into an error as data.
 *
 * @param otherwise the code for errors that SQLite does not explain: our own SQL must not fail so, a caller's may.
 */
export function toErrorData(thrown: unknown, otherwise: ErrorCode = 'INTERNAL'): ErrorData {
  if (thrown instanceof ConvoDbError) return thrown.toJSON()
  if (thrown instanceof Database.SqliteError) {
    const primary = thrown.code.split('_').slice(0, 2).join('_')
    // Our own SQL finds a file read-only when the file system does; a caller's, when it writes through a reader.
    if (primary === 'SQLITE_READONLY' && otherwise === 'INTERNAL') otherwise = 'CANNOT_OPEN'
    const code = Object.hasOwn(codesByResultCode, primary) ? codesByResultCode[primary] : undefined
    return { code: code ?? otherwise, message: thrown.message, details: { sqliteCode: thrown.code } }
  }
  return { code: otherwise, message: thrown instanceof Error ? thrown.message : String(thrown) }
}
