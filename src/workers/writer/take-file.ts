import { existsSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { ConvoDbError } from '../../protocol/errors.js'
import type { ConnectionSettings } from '../../protocol/messages.js'
import type { Connection } from '../connection/connection.js'
import { Deadline } from '../connection/deadline.js'
import { createFolder } from '../files/create-folder.js'
import { assertOneName, assertWritable, statDatabase } from '../files/database-file.js'
import { assertNoSidecar, assertOwnSidecars } from '../files/sidecars.js'
import { assertOurs } from '../schema/migrate.js'
import { missing, openFile, tellsOfLeftJournal } from '../connection/open.js'
import { lockPathOf, OwnerLock } from './owner-lock.js'
import { outcomeOf } from '../connection/outcome.js'
import { pause } from '../connection/deadline.js'

/** Longer than an owner takes to put back a lock that was taken away. */
const ownerPatienceMs = 1_000
const pauseMs = 20
/** For connections that come and go. */
const connectionPatienceMs = 50

/**
 * Makes this process the owner of a database file, or of the place for one. Nothing is changed in the file.
 *
 * @param deadline for whatever waits for other programs.
 * @throws LOCKED, NOT_FOUND, INVALID_ARGUMENT, NOT_A_CONVODB_FILE, CORRUPT, NEWER_SCHEMA, CANNOT_OPEN, DISK_FULL, IO_ERROR, BUSY
 */
export function takeFile(
  settings: ConnectionSettings,
  deadline = new Deadline(settings.busyTimeoutMs),
): OwnerLock {
  const { path } = settings
  assertNoSidecar(path)
  const status = statDatabase(path)
  if (status !== undefined) assertUsable(path, status)
  else if (settings.create) createFolder(dirname(path))
  else throw missing(path)
  assertOwnSidecars(path)
  const lock = OwnerLock.acquire(path)
  try {
    if (!mayHideOwner(path, lock, deadline)) return lock
  } catch (error) {
    lock.abandon()
    throw error
  }
  lock.abandon()
  waitForOwner(path)
  return OwnerLock.acquire(path)
}

function assertUsable(path: string, status: Stats): void {
  assertOneName(path, status)
  assertWritable(path)
}

/**
 * Refuses what is not ours, and tells whether somebody has the file open who may be an owner whose lock's file was taken away.
 * SQLite's locks on the database itself tell, which belong to the file, whatever it is called and whoever took away what.
 *
 * @throws NOT_A_CONVODB_FILE, CORRUPT, NEWER_SCHEMA, CANNOT_OPEN, IO_ERROR; BUSY, also when it is open under another name
 */
function mayHideOwner(path: string, lock: OwnerLock, deadline: Deadline): boolean {
  if ((statDatabase(path)?.size ?? 0) === 0) return false
  while (!isUsedByName(path)) {
    if (lookAlone(path)) return false
    waitOrGiveUp(path, deadline)
  }
  const seen = outcomeOf(() => lookBesideOthers(path, deadline))
  if (seen.ok) return seen.value && lock.isNew && !lookAlone(path)
  if (!tellsOfLeftJournal(seen.error)) throw ConvoDbError.from(seen.error)
  while (!lookAlone(path)) waitOrGiveUp(path, deadline)
  return false
}

function waitOrGiveUp(path: string, deadline: Deadline): void {
  if (deadline.restMs === 0) throw inUseElsewhere(path)
  pause(pauseMs)
}

/** Whether there are signs that others use the file by this name: SQLite's index of the log, or a log with something in it. */
function isUsedByName(path: string): boolean {
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  return logBytes > 0 || existsSync(`${path}-shm`)
}

/**
 * Looks at the file with nobody else there, and leaves nothing beside it. A transaction that a crash has cut short is rolled back,
 * as any program would that opens the file.
 *
 * @returns false where somebody else has it open, under whatever name, or has it locked
 */
function lookAlone(path: string): boolean {
  const options = { fileMustExist: true, timeout: connectionPatienceMs }
  const outcome = outcomeOf(() => {
    const visitor = openFile(path, options, (opening) => opening.pragma('locking_mode = EXCLUSIVE'))
    closeAfter(visitor, () => assertOurs(visitor, path))
  })
  if (outcome.ok) return true
  if (outcome.error.code === 'BUSY') return false
  throw ConvoDbError.from(outcome.error)
}

/**
 * Looks at the file through a connection that only reads: to switch to write-ahead logging would already change a stranger's.
 *
 * @returns whether it uses a write-ahead log, as a database that has an owner does
 */
function lookBesideOthers(path: string, deadline: Deadline): boolean {
  const visitor = openFile(path, { readonly: true, fileMustExist: true, timeout: deadline.restMs })
  let usesLog = false
  closeAfter(visitor, () => {
    // One snapshot: another program may be writing to it this moment.
    visitor.exec('BEGIN')
    assertOurs(visitor, path)
    usesLog = visitor.pragma('journal_mode') === 'wal'
  })
  return usesLog
}

/** @throws LOCKED when an owner has put its lock back */
function waitForOwner(path: string): void {
  const patience = new Deadline(ownerPatienceMs)
  while (patience.restMs > 0) {
    pause(pauseMs)
    // Whoever else waits here removes its own.
    if (existsSync(lockPathOf(path))) OwnerLock.acquire(path).abandon()
  }
}

const inUseElsewhere = (path: string): ConvoDbError =>
  new ConvoDbError(
    'BUSY',
    `${path} is in use under another name (it was moved while it was open, or is mounted elsewhere, too), or by a program that has it for itself alone; close it there`,
    { path },
  )

function closeAfter(connection: Connection, use: () => void): void {
  try {
    use()
  } finally {
    connection.close()
  }
}
