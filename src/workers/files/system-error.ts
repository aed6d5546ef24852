import { constants } from 'node:os'
import { ConvoDbError, type ErrorCode } from '../../protocol/errors.js'

/** Errors of the system (https://www.man7.org/linux/man-pages/man3/errno.3.html) that callers know by a code of their own. */
const codesByErrno: { readonly [errno: string]: ErrorCode } = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EIO: 'IO_ERROR',
}

/** The system's own name of an error that a call to it has given, such as `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  // Node knows no name for it, only its number.
  if ('errno' in error && error.errno === -constants.errno.EDQUOT) return 'EDQUOT'
  return typeof error.code === 'string' ? error.code : undefined
}

/** The code for callers of a fault of the file system; undefined for any other error. */
export function systemErrorCode(error: unknown): ErrorCode | undefined {
  const errno = errnoOf(error)
  if (errno === undefined) return undefined
  return Object.hasOwn(codesByErrno, errno) ? codesByErrno[errno] : 'CANNOT_OPEN'
}

/** Says of a fault of the file system over which file it was; any other error stays as it is. */
export function toFileError(error: unknown, path: string, what = `${path} can not be opened`): unknown {
  const code = systemErrorCode(error)
  if (code === undefined || !(error instanceof Error)) return error
  return new ConvoDbError(code, `${what}: ${error.message}`, { path })
}
