import { ConvoDbError } from '../../protocol/errors.js'

/** @throws INVALID_ARGUMENT naming the parameter */
export function checkPath(path: unknown, field: string, expectation = "a file's path"): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return
  throw new ConvoDbError('INVALID_ARGUMENT', `${field} must be ${expectation}`, { field })
}

/** @throws INVALID_ARGUMENT when there is nothing to run */
export function checkWork(work: unknown): void {
  if (typeof work === 'function') return
  throw new ConvoDbError('INVALID_ARGUMENT', 'work must be a function', { field: 'work' })
}
