import { ConvoDbError } from '../../protocol/errors.js'

/** @throws INVALID_ARGUMENT naming the parameter */
export function checkPath(path: unknown, field: string, expectation = "a file's path"): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return
  throw new ConvoDbError('INVALID_ARGUMENT', `${field} must be ${expectation}`, { field })
}
