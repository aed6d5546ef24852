import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { ConvoDbError } from '../protocol/errors.js'
import type { ConnectionSettings } from '../protocol/messages.js'
import { Connection } from './connection.js'
import { assertSameFile } from './file-watch.js'
import { keepChecksums } from './checksum-triggers.js'
import { assertNativeBinding } from './native-binding.js'
import { outcomeOf } from './outcome.js'
import { assertCurrent, assertOurs, migrate } from './migrate.js'
import { createPrivately } from './owner-lock.js'
import { checkpointerPragmas, readerPragmas, setPragmas, writerPragmas } from './pragmas.js'
import { toErrorData } from './sqlite-errors.js'

/** Before it, a WAL reset could lose a commit (https://www.sqlite.org/wal.html#walresetbug). */
const minimumSqliteVersion = [3, 51, 3] as const

/**
 * Makes sure that there is a file of ours, or a place for one, before anything is changed there.
 *
 * @throws NOT_FOUND, NOT_A_CONVODB_FILE, NEWER_SCHEMA (the file is left as it was), CANNOT_OPEN, BUSY
 */
export function prepareFile(settings: ConnectionSettings): void {
  assertNativeBinding()
  const { path } = settings
  if (exists(path)) {
    // A look through a read-only connection first: switching to WAL would already change a stranger's file.
    const visitor = openFile(path, { readonly: true, fileMustExist: true, timeout: settings.busyTimeoutMs })
    closeAfter(visitor, () => {
      // One snapshot: another process may be creating the file this moment.
      visitor.exec('BEGIN')
      assertOurs(visitor, path)
    })
  } else if (settings.create) {
    createFolder(dirname(path))
  } else {
    throw missing(path)
  }
}

const missing = (path: string): ConvoDbError =>
  new ConvoDbError('NOT_FOUND', `${path} does not exist`, { path })

/**
 * Opens the file's one read-write connection; creates and migrates the file where needed. Sidecar files get the file's
 * own mode from SQLite.
 *
 * @throws NOT_FOUND, NOT_A_CONVODB_FILE, NEWER_SCHEMA (the file is left as it was), CANNOT_OPEN, BUSY
 */
export function openWriteConnection(settings: ConnectionSettings): Connection {
  const { path, identity } = settings
  if (identity !== undefined) assertSameFile(path, identity)
  prepareFile(settings)
  createPrivately(path)
  const connection = openFile(path, { timeout: settings.busyTimeoutMs })
  return closeOnError(connection, () => {
    assertSqliteVersion(connection)
    connection.defineChecksums()
    // Before anything is written: what is committed with less than `synchronous=FULL`, and a sync that fails later, would
    // leave a hole in the log, and all that was acknowledged behind it would be lost.
    setPragmas(connection, writerPragmas(settings))
    // Before the first page is written: a file knows from the start whether it can give space back. (Setting it writes a page.)
    if (connection.pragma('page_count') === 0) connection.pragma(`auto_vacuum = ${incrementalVacuum}`)
    switchToWal(connection, settings)
    // Once more: the first use of write-ahead logging sets `synchronous` to SQLite's own default.
    setPragmas(connection, writerPragmas(settings))
    migrate(connection, path)
    keepChecksums(connection)
    enableVacuum(connection)
  })
}

/** https://www.sqlite.org/pragma.html#pragma_auto_vacuum */
const incrementalVacuum = 2

/**
 * A file from before schema 3 can not give space back until it was written anew, once. Where the disk has no room for that it
 * stays as it is, and its free pages serve what is stored next.
 */
function enableVacuum(connection: Connection): void {
  if (connection.pragma('auto_vacuum') === incrementalVacuum) return
  connection.pragma(`auto_vacuum = ${incrementalVacuum}`)
  outcomeOf(() => connection.exec('VACUUM'))
}

/**
 * Opens a read-only connection, of a reader thread or of a process that only reads.
 *
 * @throws NOT_FOUND, NOT_A_CONVODB_FILE, NEWER_SCHEMA, OLDER_SCHEMA, CANNOT_OPEN, BUSY
 */
export function openReadConnection(settings: ConnectionSettings): Connection {
  assertNativeBinding()
  if (settings.identity !== undefined) assertSameFile(settings.path, settings.identity)
  if (!exists(settings.path)) throw missing(settings.path)
  const connection = openFile(settings.path, {
    readonly: true,
    fileMustExist: true,
    timeout: settings.busyTimeoutMs,
  })
  return closeOnError(connection, () => {
    assertSqliteVersion(connection)
    assertCurrent(connection, settings.path)
    connection.defineChecksums()
    setPragmas(connection, readerPragmas(settings))
  })
}

/** Opens one more read-write connection to a file that the writer has open, for one lease. */
export function openLeaseConnection(settings: ConnectionSettings): Connection {
  const connection = openFile(settings.path, { fileMustExist: true, timeout: settings.busyTimeoutMs })
  return closeOnError(connection, () => setPragmas(connection, writerPragmas(settings)))
}

/** Opens the checkpointer's own connection to a file that the writer has already opened. */
export function openCheckpointConnection(settings: ConnectionSettings): Connection {
  const connection = openFile(settings.path, { fileMustExist: true, timeout: settings.busyTimeoutMs })
  return closeOnError(connection, () => setPragmas(connection, checkpointerPragmas(settings)))
}

function openFile(path: string, options: Database.Options): Connection {
  const connection = new Connection(connect(path, options))
  return closeOnError(connection, () => {
    try {
      connection.pragma('schema_version')
    } catch (error) {
      const { code, message } = toErrorData(error)
      throw code === 'NOT_A_CONVODB_FILE'
        ? new ConvoDbError(code, `${path} is not a database; it was left as it was. Choose another path.`, {
            path,
          })
        : new ConvoDbError(code, `${path}: ${message}`, { path })
    }
  })
}

function connect(path: string, options: Database.Options): Database.Database {
  try {
    return new Database(path, options)
  } catch (error) {
    const { code, message } = toErrorData(error)
    const isFault = code === 'IO_ERROR' || code === 'CORRUPT' || code === 'DISK_FULL' || code === 'BUSY'
    throw new ConvoDbError(isFault ? code : 'CANNOT_OPEN', `${path} can not be opened: ${message}`, { path })
  }
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { message } = toErrorData(error)
    throw new ConvoDbError('CANNOT_OPEN', `The folder ${folder} can not be created: ${message}`, {
      path: folder,
    })
  }
}

/** Another process that opens the same new file may hold it for a moment; SQLite's own time-out covers the wait. */
function switchToWal(connection: Connection, settings: ConnectionSettings): void {
  connection.pragma(`busy_timeout = ${settings.busyTimeoutMs}`)
  const mode = connection.pragma('journal_mode = WAL')
  if (mode !== 'wal') {
    throw new ConvoDbError(
      'CANNOT_OPEN',
      `${settings.path} can not use write-ahead logging (journal mode ${String(mode)}); is it on a network drive?`,
      { path: settings.path },
    )
  }
}

function assertSqliteVersion(connection: Connection): void {
  const version = connection.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? ''
  const parts = version.split('.').map(Number)
  const difference = minimumSqliteVersion
    .map((minimum, index) => (parts[index] ?? 0) - minimum)
    .find((part) => part !== 0)
  if ((difference ?? 0) < 0) {
    throw new ConvoDbError(
      'INTERNAL',
      `SQLite ${version} can lose commits; ConvoDB needs ${minimumSqliteVersion.join('.')} or newer. Reinstall better-sqlite3.`,
      { version },
    )
  }
}

/** `stat` only: opening and closing the file here would drop SQLite's locks (https://www.sqlite.org/howtocorrupt.html). */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    const { message } = toErrorData(error)
    throw new ConvoDbError('CANNOT_OPEN', `${path} can not be opened: ${message}`, { path })
  }
}

function closeOnError(connection: Connection, prepare: () => void): Connection {
  try {
    prepare()
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function closeAfter(connection: Connection, use: () => void): void {
  try {
    use()
  } finally {
    connection.close()
  }
}
