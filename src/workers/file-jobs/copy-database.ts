import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { BackupProgress, BackupReport, CopierSettings } from '../../protocol/backup.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { Deadline } from '../connection/deadline.js'
import { createFolder } from '../files/create-folder.js'
import { assertFile, look, statDatabase } from '../files/database-file.js'
import { fateOf, identityOf } from '../files/file-identity.js'
import { replaceDatabase } from '../files/replace-database.js'
import { assertNoSidecar, assertOwnSidecars, createPrivately, sidecarsOf } from '../files/sidecars.js'
import { systemErrorCode } from '../files/system-error.js'
import { createUnfinished } from '../files/unfinished.js'
import { OwnerLock } from '../writer/owner-lock.js'
import { toErrorData, watchDiskOf } from '../connection/sqlite-errors.js'
import { assertCurrent, openToVerify } from './verify/open.js'
import { verifyFile } from './verify/verify-file.js'

/** Pages copied between two looks at whether to stop: some milliseconds. */
const pagesPerStep = 1_000

type OnProgress = (progress: BackupProgress) => void

/**
 * Copies a database as it is at this moment, while others go on writing to it; verifies the copy; and gives it its name by a
 * rename, after which file and folder are on the disk. Until then nothing that was there is lost.
 *
 * @param onProgress is called again and again; what it throws ends the copy.
 * @throws NOT_FOUND, ALREADY_EXISTS, LOCKED, BUSY, CORRUPT, NOT_A_CONVODB_FILE, OLDER_SCHEMA, NEWER_SCHEMA, DISK_FULL, IO_ERROR,
 *   CANNOT_OPEN, INVALID_ARGUMENT (a file on itself, or on what belongs to a database), and what `onProgress` throws
 */
export async function copyDatabase(
  { from, to, overwrite, busyTimeoutMs }: CopierSettings,
  onProgress: OnProgress,
): Promise<BackupReport> {
  const startedAtMs = performance.now()
  const deadline = new Deadline(busyTimeoutMs)
  if (statDatabase(from) === undefined)
    throw new ConvoDbError('NOT_FOUND', `${from} does not exist`, { path: from })
  assertReplaceable(from, to, overwrite)
  createFolder(dirname(to))
  assertOwnSidecars(to)
  watchDiskOf(to)
  // Whoever has the place open for writing keeps it; and nobody opens it while it is replaced.
  const lock = OwnerLock.acquire(to)
  try {
    const unfinished = createUnfinished(to)
    try {
      createPrivately(unfinished.file)
      await copy(from, unfinished.file, deadline, onProgress)
      const checkedRows = verifyCopy(unfinished.file, onProgress)
      const fileBytes = statSync(unfinished.file).size
      assertReplaceable(from, to, overwrite)
      replaceDatabase(unfinished, to, deadline)
      return { path: to, fileBytes, checkedRows, elapsedMs: Math.round(performance.now() - startedAtMs) }
    } finally {
      unfinished.remove()
    }
  } catch (error) {
    throw toCopyError(error, to)
  } finally {
    lock.abandon()
  }
}

function assertReplaceable(from: string, to: string, overwrite: boolean): void {
  if (to === from || sidecarsOf(from).includes(to)) throw ownFile(from, to)
  assertNoSidecar(to)
  const status = look(to)
  if (status === undefined) return
  assertFile(to, status)
  for (const own of [from, ...sidecarsOf(from)]) {
    const identity = identityOf(own)
    if (identity !== undefined && ['same', 'linked'].includes(fateOf(to, identity))) throw ownFile(from, to)
  }
  if (!overwrite)
    throw new ConvoDbError('ALREADY_EXISTS', `${to} exists; overwrite: true replaces it`, { path: to })
}

const ownFile = (from: string, to: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${to} is ${from} itself, or belongs to it; choose another name`, {
    field: 'path',
  })

/**
 * One open read transaction is one snapshot, whatever is committed meanwhile; a copy without one would start anew at every
 * commit (https://www.sqlite.org/backup.html).
 */
async function copy(from: string, to: string, deadline: Deadline, onProgress: OnProgress): Promise<void> {
  const source = openSource(from, deadline)
  try {
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

function openSource(from: string, deadline: Deadline): Database.Database {
  try {
    // The header first, which says whether it is ours at all.
    const visitor = openToVerify(from, deadline.restMs)
    try {
      assertCurrent(visitor, from)
    } finally {
      visitor.close()
    }
    const source = new Database(from, { readonly: true, fileMustExist: true, timeout: deadline.restMs })
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    return source
  } catch (error) {
    throw toCopyError(error, from)
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

/** Faults of SQLite and of the file system, by the codes that callers know. */
function toCopyError(error: unknown, path: string): unknown {
  if (error instanceof ConvoDbError) return error
  const isKnown = error instanceof Database.SqliteError || systemErrorCode(error) !== undefined
  if (!isKnown) return error
  const { code, message } = toErrorData(error, 'CANNOT_OPEN')
  return new ConvoDbError(code, `${path}: ${message}`, { path })
}
