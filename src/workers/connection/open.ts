import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { ConvoDbError, type ErrorData } from '../../protocol/errors.js'
import { KnownFile } from '../../protocol/known-file.js'
import type { ConnectionSettings } from '../../protocol/messages.js'
import { Connection } from './connection.js'
import { assertSameFile } from '../files/file-watch.js'
import { keepChecksums } from './checksum-triggers.js'
import { Deadline } from './deadline.js'
import { assertOneName, statDatabase } from '../files/database-file.js'
import { assertOwnSidecars, createPrivately, sidecarsOfSqlite } from '../files/sidecars.js'
import { assertNativeBinding } from './native-binding.js'
import { outcomeOf } from './outcome.js'
import { assertCurrent, migrate } from '../schema/migrate.js'
import { KnownLengths } from '../words/known-lengths.js'
import { keepHistory } from '../tables/message-versions.js'
import { keepWords } from '../words/keep-words.js'
import { pause } from './deadline.js'
import { checkpointerPragmas, readerPragmas, setPragmas, writerPragmas } from './pragmas.js'
import { toErrorData, watchDiskOf } from './sqlite-errors.js'

/** Before it, a WAL reset could lose a commit (https://www.sqlite.org/wal.html#walresetbug). */
const minimumSqliteVersion = [3, 51, 3] as const

export const missing = (path: string): ConvoDbError =>
  new ConvoDbError('NOT_FOUND', `${path} does not exist`, { path })

/**
 * Opens the read-write connection of a file's owner; creates and migrates the file where needed. Sidecar files get the file's
 * own mode from SQLite. A new file that can not be made whole is removed again.
 *
 * @param deadline for whatever waits for other programs.
 * @throws NOT_A_CONVODB_FILE, CORRUPT, NEWER_SCHEMA, CANNOT_OPEN, DISK_FULL, IO_ERROR, BUSY
 */
export function openWriteConnection(
  settings: ConnectionSettings,
  deadline = new Deadline(settings.busyTimeoutMs),
): Connection {
  const { path } = settings
  assertKnownFile(settings)
  watchDiskOf(path)
  const isNew = createPrivately(path)
  // What is there by now must not be a link that somebody was quick to put there.
  if (!isNew) statDatabase(path)
  try {
    return openAndMigrate(settings, deadline)
  } catch (error) {
    // What can not be removed is somebody else's, and the reason is in the error.
    if (isNew)
      for (const file of [path, ...sidecarsOfSqlite(path)]) outcomeOf(() => rmSync(file, { force: true }))
    throw error
  }
}

function openAndMigrate(settings: ConnectionSettings, deadline: Deadline): Connection {
  const { path } = settings
  const connection = openFile(path, { fileMustExist: true, timeout: deadline.restMs })
  return closeOnError(connection, () => {
    const waitAtMost = (milliseconds: number) => connection.pragma(`busy_timeout = ${milliseconds}`)
    assertSqliteVersion(connection)
    connection.defineChecksums()
    // Before anything is written: what is committed with less than `synchronous=FULL`, and a sync that fails later, would
    // leave a hole in the log, and all that was acknowledged behind it would be lost.
    setPragmas(connection, writerPragmas(settings))
    waitAtMost(deadline.restMs)
    // Before the first page is written: a file knows from the start whether it can give space back. (Setting it writes a page.)
    if (connection.pragma('page_count') === 0) connection.pragma(`auto_vacuum = ${incrementalVacuum}`)
    switchToWal(connection, path, deadline)
    // Once more: the first use of write-ahead logging sets `synchronous` to SQLite's own default.
    setPragmas(connection, writerPragmas(settings))
    waitAtMost(deadline.restMs)
    if (migrate(connection, path)) copyFromLog(connection)
    keepChecksums(connection)
    keepWords(connection)
    connection.words.isOn = settings.search ?? false
    if (settings.keepHistory !== undefined) keepHistory(connection, settings.keepHistory)
    waitAtMost(deadline.restMs)
    enableVacuum(connection)
    waitAtMost(settings.busyTimeoutMs)
  })
}

/**
 * New tables are in the file itself before anything is stored: damage of the log loses what was stored since, and never all. What can not be
 * copied stays in the log, as after every commit; the next checkpoint says what is wrong.
 */
function copyFromLog(connection: Connection): void {
  outcomeOf(() => connection.pragma('wal_checkpoint(PASSIVE)'))
}

/** https://www.sqlite.org/pragma.html#pragma_auto_vacuum */
const incrementalVacuum = 2

/**
 * A file that another program wrote (a rescue by `.recover`) can not give space back until it was written anew, once. Where the disk has no room for that it
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
 * @throws NOT_FOUND, NOT_A_CONVODB_FILE, CORRUPT, NEWER_SCHEMA, OLDER_SCHEMA, CANNOT_OPEN, BUSY
 */
export function openReadConnection(settings: ConnectionSettings): Connection {
  assertNativeBinding()
  const { path } = settings
  assertKnownFile(settings)
  const status = statDatabase(path)
  if (status === undefined) throw missing(path)
  // Beside a writer of this process the name is the right one, whatever others there are.
  if (settings.readOnly) assertOneName(path, status)
  assertOwnSidecars(path)
  const connection = openFile(path, { readonly: true, fileMustExist: true, timeout: settings.busyTimeoutMs })
  return closeOnError(connection, () => {
    assertSqliteVersion(connection)
    assertCurrent(connection, path)
    connection.defineChecksums()
    connection.words.isOn = settings.search ?? false
    connection.words.lengths = new KnownLengths()
    setPragmas(connection, readerPragmas(settings))
  })
}

/** @throws FILE_LOST */
function assertKnownFile({ path, knownFile }: ConnectionSettings): void {
  const identity = knownFile === undefined ? undefined : new KnownFile(knownFile).identity
  if (identity !== undefined) assertSameFile(path, identity)
}

/** Opens one more read-write connection to a file that the writer has open, for one lease. */
export function openLeaseConnection(settings: ConnectionSettings): Connection {
  const connection = openFile(settings.path, { fileMustExist: true, timeout: settings.busyTimeoutMs })
  return closeOnError(connection, () => {
    connection.words.isOn = settings.search ?? false
    setPragmas(connection, writerPragmas(settings))
  })
}

/** Opens the checkpointer's own connection to a file that the writer has already opened. */
export function openCheckpointConnection(settings: ConnectionSettings): Connection {
  watchDiskOf(settings.path)
  const connection = openFile(settings.path, { fileMustExist: true, timeout: settings.busyTimeoutMs })
  return closeOnError(connection, () => setPragmas(connection, checkpointerPragmas(settings)))
}

/**
 * Opens a connection and reads the file's first page.
 *
 * @param prepare sets what has to be set before that.
 * @throws NOT_A_CONVODB_FILE, CANNOT_OPEN, DISK_FULL, IO_ERROR, CORRUPT, BUSY
 */
export function openFile(
  path: string,
  options: Database.Options,
  prepare: (connection: Connection) => void = () => undefined,
): Connection {
  const connection = new Connection(connect(path, options))
  return closeOnError(connection, () => {
    try {
      prepare(connection)
      connection.pragma('schema_version')
    } catch (error) {
      throw describe(path, error)
    }
  })
}

/** What a crash in the middle of a transaction without a log has left (https://www.sqlite.org/lockingv3.html#hot_journals). */
const leftJournal = 'SQLITE_READONLY_ROLLBACK'
export const tellsOfLeftJournal = ({ details }: ErrorData): boolean => details?.['sqliteCode'] === leftJournal

function describe(path: string, error: unknown): ConvoDbError {
  const { code, message, details } = toErrorData(error, 'INTERNAL', path)
  const isStrange = code === 'NOT_A_CONVODB_FILE'
  const text = isStrange
    ? `${path} is not a database; it was left as it was. Choose another path.`
    : details?.['sqliteCode'] === leftJournal
      ? `${path}-journal was left by a process that crashed; opening ${path} once for writing rolls it back`
      : `${path}: ${message}`
  return new ConvoDbError(code, text, { path, ...details })
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

const pauseMs = 20

/** Another program may be writing to it this moment; SQLite itself waits for some locks here, and not for others. */
function switchToWal(connection: Connection, path: string, deadline: Deadline): void {
  for (;;) {
    connection.pragma(`busy_timeout = ${deadline.restMs}`)
    const outcome = outcomeOf(() => connection.pragma('journal_mode = WAL'))
    if (outcome.ok && outcome.value === 'wal') return
    if (outcome.ok) {
      throw new ConvoDbError(
        'CANNOT_OPEN',
        `${path} can not use write-ahead logging (journal mode ${String(outcome.value)}); is it on a network drive?`,
        { path },
      )
    }
    if (outcome.error.code !== 'BUSY' || deadline.restMs === 0) throw ConvoDbError.from(outcome.error)
    pause(pauseMs)
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

function closeOnError(connection: Connection, prepare: () => void): Connection {
  try {
    prepare()
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}
