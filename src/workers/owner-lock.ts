import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { ConvoDbError } from '../protocol/errors.js'
import { toErrorData } from './sqlite-errors.js'

/** The one writer's hold on a file. The operating system ends it with the process, however that ends. */
export interface OwnerLock {
  /** Gives the file up and removes the lock's files. */
  release(): void
}

/** How long an owner may take between locking and writing down its pid. */
const pidPatienceMs = 1_000
const pauseMs = 5

/**
 * Makes this process the file's owner, or says which process is.
 *
 * The lock is SQLite's own, on an empty database beside the file (`-lock`): a RESERVED lock is one at a time, and the
 * system drops it with the process (https://www.sqlite.org/lockingv3.html). The pid stands in a text file (`-owner`): in
 * the locked one nobody could write it without giving up the lock for a moment.
 *
 * @throws LOCKED with the owner's pid, CANNOT_OPEN
 */
export function acquireOwnerLock(path: string): OwnerLock {
  const lockPath = `${path}-lock`
  const ownerPath = `${path}-owner`
  let held = lock(lockPath)
  for (;;) {
    if (held === undefined) throw lockedBy(path, readPid(ownerPath))
    // An owner that closes removes its lock file. Whoever locked that one meanwhile holds nothing: a second look at the
    // path finds the lock taken only where it is the same file.
    const second = lock(lockPath)
    if (second === undefined) break
    held.close()
    held = second
  }
  const lockFile = held
  try {
    writeFileSync(ownerPath, `${process.pid}\n`, { mode: 0o600 })
  } catch (error) {
    lockFile.close()
    throw cannotOpen(ownerPath, error)
  }
  return {
    release() {
      rmSync(ownerPath, { force: true })
      // Windows does not remove what is open; there the empty file stays.
      if (process.platform !== 'win32') rmSync(lockPath, { force: true })
      lockFile.close()
    },
  }
}

/** Undefined when somebody has it. */
function lock(lockPath: string): Database.Database | undefined {
  let database: Database.Database | undefined
  try {
    createPrivately(lockPath)
    database = new Database(lockPath, { timeout: 0 })
    database.exec('BEGIN IMMEDIATE')
    return database
  } catch (error) {
    database?.close()
    if (toErrorData(error).code === 'BUSY') return undefined
    throw error instanceof ConvoDbError ? error : cannotOpen(lockPath, error)
  }
}

/**
 * Creates an empty file that only its user may read; one that is there is left alone, and not opened: closing it would
 * drop SQLite's locks on it (https://www.sqlite.org/howtocorrupt.html).
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw cannotOpen(path, error)
  }
}

function readPid(ownerPath: string): number | undefined {
  const deadlineMs = performance.now() + pidPatienceMs
  for (;;) {
    const pid = pidIn(ownerPath)
    if ((pid !== undefined && isAlive(pid)) || performance.now() > deadlineMs) return pid
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
  }
}

function pidIn(ownerPath: string): number | undefined {
  try {
    const pid = Number(readFileSync(ownerPath, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    // Not written yet, or gone with an owner that has just closed.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function lockedBy(path: string, pid: number | undefined): ConvoDbError {
  const owner = pid === undefined ? 'another process' : `process ${pid}`
  return new ConvoDbError(
    'LOCKED',
    `${path} is open for writing in ${owner}; close it there, or open it here with readOnly: true`,
    pid === undefined ? { path } : { path, pid },
  )
}

function cannotOpen(path: string, error: unknown): ConvoDbError {
  const { message } = toErrorData(error)
  return new ConvoDbError('CANNOT_OPEN', `${path} can not be opened: ${message}`, { path })
}
