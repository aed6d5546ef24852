import { closeSync, constants, lstatSync, openSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { ConvoDbError } from '../../protocol/errors.js'
import { sidecarSuffixes, sqliteSuffixes } from '../../protocol/sidecar-suffixes.js'
import { kindOf } from './database-file.js'
import { errnoOf, toFileError } from './system-error.js'

const namesBeside = (path: string, ends: readonly string[]): string[] => ends.map((end) => `${path}${end}`)
export const sidecarsOfSqlite = (path: string): string[] => namesBeside(path, sqliteSuffixes)
export const sidecarsOf = (path: string): string[] => namesBeside(path, sidecarSuffixes)

/**
 * Refuses a name that belongs to another database: its log, its lock or the like.
 *
 * @throws INVALID_ARGUMENT
 */
export function assertNoSidecar(path: string): void {
  const suffix = sidecarSuffixes.find((end) => path.endsWith(end))
  if (suffix === undefined) return
  const database = path.slice(0, -suffix.length)
  if (look(() => statSync(database, { throwIfNoEntry: false }), database)?.isFile() !== true) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    `${path} belongs to the database ${database}; choose another name`,
    {
      field: 'path',
    },
  )
}

/**
 * Refuses files beside a database that nobody who may write to the database can have put there: in a folder that others may
 * write to, a symbolic link under such a name would make us write to whatever file it stands for.
 *
 * @throws CANNOT_OPEN
 */
export function assertOwnSidecars(path: string): void {
  for (const sidecar of sidecarsOf(path)) assertOwnSidecar(path, sidecar)
}

/** @throws CANNOT_OPEN */
export function assertOwnSidecar(path: string, sidecar: string): void {
  const status = look(() => lstatSync(sidecar, { throwIfNoEntry: false }), sidecar)
  if (status === undefined) return
  const what = whatIsWrong(status, path)
  if (what === undefined) return
  throw new ConvoDbError(
    'CANNOT_OPEN',
    `${sidecar} ${what}, which no process that uses ${path} has put there; look who did, and remove it`,
    { path: sidecar },
  )
}

const othersMayWrite = 0o022

function whatIsWrong(sidecar: Stats, path: string): string | undefined {
  if (!sidecar.isFile()) return `is ${kindOf(sidecar)}`
  const folder = dirname(path)
  // Where only its user may write, nobody else has put it there, and a second name (a hard link) is that of some backup.
  if ((look(() => statSync(folder), folder).mode & othersMayWrite) === 0) return undefined
  if (sidecar.nlink > 1) return `has ${sidecar.nlink} names (hard links)`
  const database = look(() => statSync(path, { throwIfNoEntry: false }), path)
  // Whoever may write to the database itself needs no trick.
  if (database !== undefined && (database.mode & othersMayWrite) !== 0) return undefined
  // Windows knows no such ids.
  const ownId = process.geteuid?.()
  if (ownId === undefined || [ownId, 0, database?.uid].includes(sidecar.uid)) return undefined
  return `belongs to another user (${sidecar.uid})`
}

function look<Value>(stat: () => Value, path: string): Value {
  try {
    return stat()
  } catch (error) {
    throw toFileError(error, path)
  }
}

/**
 * Creates an empty file that only its user may read. One that is there is left alone, and not opened: closing it would drop
 * SQLite's locks on it (https://www.sqlite.org/howtocorrupt.html). What a symbolic link stands for is neither made nor opened.
 *
 * @returns whether it was created
 * @throws CANNOT_OPEN, DISK_FULL, IO_ERROR
 */
export function createPrivately(path: string): boolean {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  try {
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600))
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw toFileError(error, path)
  }
}
