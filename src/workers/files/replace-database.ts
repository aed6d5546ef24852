import { closeSync, fsyncSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConvoDbError } from '../../protocol/errors.js'
import type { Connection } from '../connection/connection.js'
import type { Deadline } from '../connection/deadline.js'
import { openFile } from '../connection/open.js'
import { outcomeOf } from '../connection/outcome.js'
import { assertWritable } from './database-file.js'
import { sidecarsOfSqlite } from './sidecars.js'
import type { Unfinished } from './unfinished.js'

/**
 * Puts a finished copy in the place of a database, in one step: whenever this ends, by whatever, the old database is there with
 * all that was committed, or the new one.
 *
 * A log that is left of the old file must not be read as the new one's, and without it the old file is not whole: so what it
 * holds is copied into the old file first. From then on nobody can open that until it has lost its name.
 *
 * @throws BUSY when some process has the database open, if only to read
 */
export function replaceDatabase({ file, folder }: Unfinished, place: string, deadline: Deadline): void {
  sync(file)
  const old = emptyLog(place, deadline)
  try {
    // Empty by now; or those of what SQLite can not read, which are kept until the new one is there.
    moveLogs(place, folder)
    syncFolder(dirname(place))
    renameSync(file, place)
    // The name is on the disk when its folder is (https://man7.org/linux/man-pages/man2/fsync.2.html).
    syncFolder(dirname(place))
  } finally {
    outcomeOf(() => old?.close())
  }
}

/** A file that is no database, or too damaged to be read as one. */
const unreadable: ReadonlySet<string> = new Set(['NOT_A_CONVODB_FILE', 'CORRUPT'])

/**
 * Copies the old database's log into its file and keeps everybody else from opening that, until the connection is closed.
 *
 * @returns undefined where there is no database
 * @throws BUSY
 */
function emptyLog(place: string, deadline: Deadline): Connection | undefined {
  // One byte is an empty file to SQLite.
  if (sizeOf(place) <= 1) return undefined
  // One that may only be read can be replaced, where it is the whole database.
  if (sizeOf(`${place}-wal`) > 0) assertWritable(place)
  else if (!outcomeOf(() => assertWritable(place)).ok) return undefined
  const outcome = outcomeOf(() => openAlone(place, deadline))
  if (outcome.ok) return outcome.value
  const { code } = outcome.error
  if (unreadable.has(code)) return undefined
  throw code === 'BUSY' ? inUse(place) : ConvoDbError.from(outcome.error)
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** A connection that has the file for itself alone, all of it in the file. */
function openAlone(place: string, deadline: Deadline): Connection {
  const options = { fileMustExist: true, timeout: deadline.restMs }
  const old = openFile(place, options, (opening) => opening.exec('PRAGMA locking_mode = EXCLUSIVE'))
  try {
    old.exec('PRAGMA synchronous = FULL')
    if (old.pragma('wal_checkpoint(TRUNCATE)') !== 0) throw inUse(place)
    // Without a log reading alone does not yet keep others away.
    old.exec('BEGIN EXCLUSIVE; COMMIT')
    return old
  } catch (error) {
    old.close()
    throw error
  }
}

/** They lose their names, so that nobody reads them as the new file's. */
function moveLogs(place: string, folder: string): void {
  for (const [index, log] of sidecarsOfSqlite(place).entries()) {
    if (statSync(log, { throwIfNoEntry: false }) !== undefined) renameSync(log, join(folder, `old-${index}`))
  }
}

const inUse = (place: string): ConvoDbError =>
  new ConvoDbError(
    'BUSY',
    `${place} is in use, if only to be read; it is replaced when no process has it open`,
    { path: place },
  )

/** Windows syncs no folders. */
function syncFolder(folder: string): void {
  if (process.platform !== 'win32') sync(folder)
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
