import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { BackupProgress, BackupReport, CopierSettings } from '../protocol/backup.js'
import { ConvoDbError } from '../protocol/errors.js'
import { createPrivately } from './files/sidecars.js'
import { OwnerLock } from './owner-lock.js'
import { toErrorData } from './sqlite-errors.js'
import { assertCurrent, openToVerify } from './verify/open.js'
import { verifyFile } from './verify/verify-file.js'

/** Pages copied between two looks at whether to stop: some milliseconds. */
const pagesPerStep = 1_000
const sidecars = ['-wal', '-shm'] as const

type OnProgress = (progress: BackupProgress) => void

/**
 * Copies a database as it is at this moment, while others go on writing to it; verifies the copy; and gives it its name by a
 * rename, after which file and folder are on the disk. Until then nothing that was there is touched.
 *
 * @param onProgress is called again and again; what it throws ends the copy.
 * @throws NOT_FOUND, ALREADY_EXISTS, LOCKED, CORRUPT, NOT_A_CONVODB_FILE, OLDER_SCHEMA, NEWER_SCHEMA, DISK_FULL, IO_ERROR,
 *   CANNOT_OPEN, INVALID_ARGUMENT (a file on itself), and what `onProgress` throws
 */
export async function copyDatabase(
  { from, to, overwrite, busyTimeoutMs }: CopierSettings,
  onProgress: OnProgress,
): Promise<BackupReport> {
  const startedAtMs = performance.now()
  assertReplaceable(from, to, overwrite)
  createFolder(dirname(to))
  // Whoever has the place open for writing keeps it; and nobody opens it while it is replaced.
  const lock = OwnerLock.acquire(to)
  const unfinished = `${to}.unfinished`
  try {
    remove(unfinished)
    createPrivately(unfinished)
    await copy(from, unfinished, busyTimeoutMs, onProgress)
    const checkedRows = verifyCopy(unfinished, onProgress)
    const fileBytes = statSync(unfinished).size
    assertReplaceable(from, to, overwrite)
    place(unfinished, to)
    return { path: to, fileBytes, checkedRows, elapsedMs: Math.round(performance.now() - startedAtMs) }
  } catch (error) {
    remove(unfinished)
    throw toCopyError(error, to)
  } finally {
    lock.release()
  }
}

function assertReplaceable(from: string, to: string, overwrite: boolean): void {
  if (statSync(from, { throwIfNoEntry: false }) === undefined) {
    throw new ConvoDbError('NOT_FOUND', `${from} does not exist`, { path: from })
  }
  if (statSync(to, { throwIfNoEntry: false }) === undefined) return
  if (realpathSync(from) === realpathSync(to)) {
    throw new ConvoDbError('INVALID_ARGUMENT', `${to} can not be copied onto itself`, { field: 'path' })
  }
  if (!overwrite) {
    throw new ConvoDbError('ALREADY_EXISTS', `${to} exists; overwrite (--force) replaces it`, { path: to })
  }
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw toCopyError(error, folder)
  }
}

/**
 * One open read transaction is one snapshot, whatever is committed meanwhile; a copy without one would start anew at every
 * commit (https://www.sqlite.org/backup.html).
 */
async function copy(from: string, to: string, busyTimeoutMs: number, onProgress: OnProgress): Promise<void> {
  // The header first, which says whether it is ours at all.
  const visitor = openToVerify(from, busyTimeoutMs)
  try {
    assertCurrent(visitor, from)
  } finally {
    visitor.close()
  }
  const source = new Database(from, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
  try {
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    await source.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress({ step: 'copy', share: totalPages === 0 ? 0 : 1 - remainingPages / totalPages })
        return pagesPerStep
      },
    })
  } finally {
    source.close()
  }
  // One file, with nothing beside it: whoever opens it for writing turns its write-ahead log on again.
  const copied = new Database(to, { fileMustExist: true })
  try {
    copied.pragma('journal_mode = DELETE')
  } finally {
    copied.close()
  }
}

/** @throws CORRUPT */
function verifyCopy(path: string, onProgress: OnProgress): number {
  const settings = { path, busyTimeoutMs: 0, maxProblems: 1 }
  const { problems, checkedRows } = verifyFile(settings, ({ share }) => onProgress({ step: 'verify', share }))
  const [problem] = problems
  if (problem === undefined) return checkedRows
  throw new ConvoDbError(
    'CORRUPT',
    `The copy is not whole, and was not put into place: ${problem.check}: ${problem.message}. Run convodb verify on the source.`,
    { check: problem.check },
  )
}

/** A write-ahead log that is left of the old file must not be read as the new one's. */
function place(unfinished: string, to: string): void {
  sync(unfinished)
  for (const sidecar of sidecars) remove(`${to}${sidecar}`)
  renameSync(unfinished, to)
  // The name is on the disk when its folder is (https://man7.org/linux/man-pages/man2/fsync.2.html); Windows knows no such thing.
  if (process.platform !== 'win32') sync(dirname(to))
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function remove(path: string): void {
  for (const sidecar of ['', ...sidecars, '-journal']) rmSync(`${path}${sidecar}`, { force: true })
}

/** Faults of the file system, by the codes that callers know. */
function toCopyError(error: unknown, path: string): unknown {
  if (error instanceof ConvoDbError || !(error instanceof Error) || !('code' in error)) return error
  const { code, message } = toErrorData(error)
  if (code !== 'INTERNAL') return new ConvoDbError(code, `${path}: ${message}`, { path })
  if (error.code === 'ENOSPC') return new ConvoDbError('DISK_FULL', `${path}: ${message}`, { path })
  if (error.code === 'EIO') return new ConvoDbError('IO_ERROR', `${path}: ${message}`, { path })
  return new ConvoDbError('CANNOT_OPEN', `${path}: ${message}`, { path })
}
