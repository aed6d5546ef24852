import { ConvoDbError, type ErrorCode } from '../main/index.js'

const codes: ReadonlySet<ErrorCode> = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'CONFLICT',
  'DIMENSION_MISMATCH',
  'TOO_LARGE',
  'FORBIDDEN',
])

/** Whether what was stored is at fault. Any other error (a full disk, a lost writer) ends the import. */
export function isLineFault(error: unknown): error is ConvoDbError {
  return error instanceof ConvoDbError && codes.has(error.code)
}

/** Whether the line is of a user who was forgotten in this database: it is passed over, as it has to be. */
export const isOfForgottenUser = (error: unknown): boolean =>
  error instanceof ConvoDbError && error.code === 'USER_FORGOTTEN'
