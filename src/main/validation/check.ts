import { ConvoDbError } from '../../protocol/errors.js'
import { isPostgresUrl } from '../postgres-url.js'

/** @throws INVALID_ARGUMENT naming the parameter */
export function checkPath(path: unknown, field: string, expectation = "a file's path"): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return
  throw new ConvoDbError('INVALID_ARGUMENT', `${field} must be ${expectation}`, { field })
}

/**
 * As `checkPath`, for what is done to files alone. Taken for a path, the URL of a PostgreSQL database would become a folder whose name has
 * the password in it.
 *
 * @throws INVALID_ARGUMENT naming the parameter
 */
export function checkFilePath(path: string, field: string): void {
  checkPath(path, field)
  if (!isPostgresUrl(path)) return
  const message = `${field} must be a file's path: pg_dump and pg_restore copy a PostgreSQL database`
  throw new ConvoDbError('INVALID_ARGUMENT', message, { field })
}

/** @throws INVALID_ARGUMENT when there is nothing to run */
export function checkWork(work: unknown): void {
  if (typeof work === 'function') return
  throw new ConvoDbError('INVALID_ARGUMENT', 'work must be a function', { field: 'work' })
}
