import type { VerifyProgress, VerifyReport } from '../protocol/verify.js'
import type { JobOptions } from './file-job.js'
import { isPostgresUrl } from './postgres-url.js'
import { checkPath } from './validation/check.js'

/** Options of `verifyDatabase` and `db.verify`; each may be left out. */
export interface VerifyOptions extends JobOptions<VerifyProgress> {
  /** Problems to report at most; the checks end there. From 1 to 10,000, default 100. */
  readonly maxProblems?: number | undefined
}

/**
 * Verifies a database file without opening it as a database, so that a damaged one can be verified too: SQLite's own
 * checks, every row against its checksum, counters against rows, and all that is kept twice against each other. It only
 * reads, on a thread of its own, and may run while a process has the file open; it takes some five seconds a million messages.
 *
 * @param path the file; or a PostgreSQL database's URL, of which the server does the reading, and rows have no checksums.
 * @param options `onProgress`, `signal`, `maxProblems` (default 100); see {@link VerifyOptions}.
 * @returns a report. A damaged file is no error: `isOk` is false, and `problems` says what is wrong. When `isOk` is true, every
 *   row that the calls of a database give is what was stored.
 * @throws INVALID_ARGUMENT, NOT_FOUND, CANNOT_OPEN, UNREACHABLE (a server), BUSY, ABORTED; NOT_A_CONVODB_FILE, also when the
 *   header is damaged so that it looks like another program's; OLDER_SCHEMA (opening it for writing brings it up to date), NEWER_SCHEMA
 * @example
 * const { isOk, problems } = await verifyDatabase('chat.db')
 * for (const { check, table, key, message } of problems) console.error(check, table, key, message)
 */
export async function verifyDatabase(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  checkPath(path, 'path')
  if (isPostgresUrl(path)) {
    const { verifyPostgres } = await import('./postgres-database.js')
    return verifyPostgres(path, options)
  }
  const { verifyFile } = await import('./verify-file.js')
  return verifyFile(path, options)
}
