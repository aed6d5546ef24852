/** What a fault ends or makes doubtful: the one operation, its whole transaction, or also the connection that met it. */
type Concern = 'operation' | 'transaction' | 'connection'

interface ErrorCodeEntry {
  readonly retryable: boolean
  readonly httpStatus: number
  readonly concerns: Concern
}

/**
 * Every error ConvoDB raises: what it means, whether the same call may succeed later, its HTTP status, and what it concerns.
 * Codes are stable; callers match on them and never on message texts.
 */
export const errorCodes = {
  /** A parameter is missing, of the wrong type or out of range. */
  INVALID_ARGUMENT: {
    retryable: false,
    httpStatus: 400,
    concerns: 'operation',
  },
  /** What the call refers to does not exist. */
  NOT_FOUND: {
    retryable: false,
    httpStatus: 404,
    concerns: 'operation',
  },
  /** The id is taken, and the call asked for an error then. */
  ALREADY_EXISTS: {
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  /** The changes behind the cursor are not kept any more, or never were here: read anew what you keep a copy of, then follow from now. */
  CURSOR_TOO_OLD: { retryable: false, httpStatus: 410, concerns: 'operation' },
  /** The user was forgotten on request and may not come back. */
  USER_FORGOTTEN: {
    retryable: false,
    httpStatus: 410,
    concerns: 'operation',
  },
  /** The change contradicts what is stored. */
  CONFLICT: {
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  /** The idempotency key belongs to another request; nothing was done. */
  IDEMPOTENCY_KEY_REUSED: {
    retryable: false,
    httpStatus: 422,
    concerns: 'operation',
  },
  /** The request was committed when it was first made, and its answer is not kept; read it again. */
  ANSWER_NOT_KEPT: {
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  /** The vector is not of its model's dimension. */
  DIMENSION_MISMATCH: {
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  /** The database was opened without search by words. */
  SEARCH_OFF: { retryable: false, httpStatus: 409, concerns: 'operation' },
  /** The words of messages are still being indexed; `details` tells of how many they are. */
  SEARCH_NOT_READY: { retryable: true, httpStatus: 503, concerns: 'operation' },
  /** What one call carries, or would make, is larger than it may be. */
  TOO_LARGE: {
    retryable: false,
    httpStatus: 413,
    concerns: 'operation',
  },
  /** The queue is full; nothing was done. */
  OVERLOADED: {
    retryable: true,
    httpStatus: 503,
    concerns: 'operation',
  },
  /** The call's signal was aborted. */
  ABORTED: {
    retryable: false,
    httpStatus: 499,
    concerns: 'operation',
  },
  /** The call's time ran out; it may be repeated unless a write may have been committed. */
  TIMEOUT: {
    retryable: true,
    httpStatus: 504,
    concerns: 'operation',
  },
  /** The database is closed or closing. */
  CLOSED: {
    retryable: false,
    httpStatus: 503,
    concerns: 'transaction',
  },
  /** The connection was idle for too long or its work is over. */
  LEASE_EXPIRED: {
    retryable: true,
    httpStatus: 408,
    concerns: 'operation',
  },
  /** SQLite refused a statement. */
  SQL_ERROR: {
    retryable: false,
    httpStatus: 400,
    concerns: 'operation',
  },
  /** A leased connection does not run such a statement; it was not run. */
  SQL_NOT_ALLOWED: {
    retryable: false,
    httpStatus: 400,
    concerns: 'operation',
  },
  /** The lease's transaction was rolled back by one of its statements or by the disk. */
  TRANSACTION_ENDED: {
    retryable: true,
    httpStatus: 409,
    concerns: 'transaction',
  },
  /** Another process, named by its pid, has the database open for writing. */
  LOCKED: {
    retryable: true,
    httpStatus: 503,
    concerns: 'transaction',
  },
  /** The database, or the transaction, was opened for reading only, or PostgreSQL lets its role do no more. */
  READ_ONLY: {
    retryable: false,
    httpStatus: 403,
    concerns: 'operation',
  },
  /** The file is of an older version, which opening it for writing brings up to date. */
  OLDER_SCHEMA: {
    retryable: false,
    httpStatus: 422,
    concerns: 'transaction',
  },
  /** Another program holds the write lock. */
  BUSY: {
    retryable: true,
    httpStatus: 503,
    concerns: 'transaction',
  },
  /** There is no space left; nothing was committed. */
  DISK_FULL: {
    retryable: true,
    httpStatus: 507,
    concerns: 'transaction',
  },
  /** Reading or writing the file failed. */
  IO_ERROR: {
    retryable: false,
    httpStatus: 500,
    concerns: 'connection',
  },
  /** The file is damaged. */
  CORRUPT: { retryable: false, httpStatus: 500, concerns: 'transaction' },
  /** The file can not be opened. */
  CANNOT_OPEN: {
    retryable: false,
    httpStatus: 500,
    concerns: 'connection',
  },
  /** The file was removed or replaced while it was open; nothing was committed. */
  FILE_LOST: {
    retryable: false,
    httpStatus: 500,
    concerns: 'transaction',
  },
  /** The file is something else; it was left as it was. */
  NOT_A_CONVODB_FILE: {
    retryable: false,
    httpStatus: 422,
    concerns: 'transaction',
  },
  /** The file was written by a newer ConvoDB; it was left as it was. */
  NEWER_SCHEMA: {
    retryable: false,
    httpStatus: 422,
    concerns: 'transaction',
  },
  /** The thread ended before it answered; nothing was changed. */
  WORKER_LOST: {
    retryable: true,
    httpStatus: 503,
    concerns: 'transaction',
  },
  /** A thread or the native code under it can not be started: the installation or the bundle lacks something. */
  WORKER_NOT_STARTED: {
    retryable: false,
    httpStatus: 500,
    concerns: 'transaction',
  },
  /** The writer ended before it answered; the write may or may not have been committed. */
  OUTCOME_UNKNOWN: {
    retryable: false,
    httpStatus: 500,
    concerns: 'connection',
  },
  /** The server was given no key, or one that it does not know, or that has expired or was revoked. */
  UNAUTHORIZED: {
    retryable: false,
    httpStatus: 401,
    concerns: 'operation',
  },
  /** The key may not do this. */
  FORBIDDEN: {
    retryable: false,
    httpStatus: 403,
    concerns: 'operation',
  },
  /** The key has made more requests than the server lets it; nothing was done. */
  RATE_LIMITED: {
    retryable: true,
    httpStatus: 429,
    concerns: 'operation',
  },
  /** The server did not answer; nothing was done. */
  UNREACHABLE: {
    retryable: true,
    httpStatus: 502,
    concerns: 'operation',
  },
  /** The call does not exist where the database is reached from. */
  UNSUPPORTED: {
    retryable: false,
    httpStatus: 501,
    concerns: 'operation',
  },
  /** A fault in ConvoDB. */
  INTERNAL: { retryable: false, httpStatus: 500, concerns: 'operation' },
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof errorCodes
