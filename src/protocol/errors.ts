/** What a fault ends or makes doubtful: the one operation, its whole transaction, or also the connection that met it. */
type Concern = 'operation' | 'transaction' | 'connection'

interface ErrorCodeEntry {
  readonly meaning: string
  readonly retryable: boolean
  readonly httpStatus: number
  readonly concerns: Concern
}

/**
 * Every error ConvoDB raises: what it means, whether the same call may succeed later, its HTTP status, and what it concerns.
 * Codes are stable; callers match on them and never on message texts.
 */
export const errorCodes = {
  INVALID_ARGUMENT: {
    meaning: 'A parameter is missing, of the wrong type or out of range.',
    retryable: false,
    httpStatus: 400,
    concerns: 'operation',
  },
  NOT_FOUND: {
    meaning: 'What the call refers to does not exist.',
    retryable: false,
    httpStatus: 404,
    concerns: 'operation',
  },
  ALREADY_EXISTS: {
    meaning: 'The id is taken, and the call asked for an error then.',
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  CURSOR_TOO_OLD: {
    meaning:
      'The changes behind the cursor are not kept any more, or never were here: read anew what you keep a copy of, then follow from now.',
    retryable: false,
    httpStatus: 410,
    concerns: 'operation',
  },
  USER_FORGOTTEN: {
    meaning: 'The user was forgotten on request and may not come back.',
    retryable: false,
    httpStatus: 410,
    concerns: 'operation',
  },
  CONFLICT: {
    meaning: 'The change contradicts what is stored.',
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  DIMENSION_MISMATCH: {
    meaning: "The vector is not of its model's dimension.",
    retryable: false,
    httpStatus: 409,
    concerns: 'operation',
  },
  TOO_LARGE: {
    meaning: 'What one call carries, or would make, is larger than it may be.',
    retryable: false,
    httpStatus: 413,
    concerns: 'operation',
  },
  OVERLOADED: {
    meaning: 'The queue is full; nothing was done.',
    retryable: true,
    httpStatus: 503,
    concerns: 'operation',
  },
  ABORTED: {
    meaning: "The call's signal was aborted.",
    retryable: false,
    httpStatus: 499,
    concerns: 'operation',
  },
  TIMEOUT: {
    meaning: "The call's time ran out; it may be repeated unless a write may have been committed.",
    retryable: true,
    httpStatus: 504,
    concerns: 'operation',
  },
  CLOSED: {
    meaning: 'The database is closed or closing.',
    retryable: false,
    httpStatus: 503,
    concerns: 'transaction',
  },
  LEASE_EXPIRED: {
    meaning: 'The connection was idle for too long or its work is over.',
    retryable: true,
    httpStatus: 408,
    concerns: 'operation',
  },
  SQL_ERROR: {
    meaning: 'SQLite refused a statement.',
    retryable: false,
    httpStatus: 400,
    concerns: 'operation',
  },
  SQL_NOT_ALLOWED: {
    meaning: 'A leased connection does not run such a statement; it was not run.',
    retryable: false,
    httpStatus: 400,
    concerns: 'operation',
  },
  TRANSACTION_ENDED: {
    meaning: "The lease's transaction was rolled back by one of its statements or by the disk.",
    retryable: true,
    httpStatus: 409,
    concerns: 'transaction',
  },
  LOCKED: {
    meaning: 'Another process, named by its pid, has the database open for writing.',
    retryable: true,
    httpStatus: 503,
    concerns: 'transaction',
  },
  READ_ONLY: {
    meaning: 'The database was opened for reading only.',
    retryable: false,
    httpStatus: 403,
    concerns: 'operation',
  },
  OLDER_SCHEMA: {
    meaning: 'The file is of an older version, which opening it for writing brings up to date.',
    retryable: false,
    httpStatus: 422,
    concerns: 'transaction',
  },
  BUSY: {
    meaning: 'Another program holds the write lock.',
    retryable: true,
    httpStatus: 503,
    concerns: 'transaction',
  },
  DISK_FULL: {
    meaning: 'There is no space left; nothing was committed.',
    retryable: true,
    httpStatus: 507,
    concerns: 'transaction',
  },
  IO_ERROR: {
    meaning: 'Reading or writing the file failed.',
    retryable: false,
    httpStatus: 500,
    concerns: 'connection',
  },
  CORRUPT: { meaning: 'The file is damaged.', retryable: false, httpStatus: 500, concerns: 'transaction' },
  CANNOT_OPEN: {
    meaning: 'The file can not be opened.',
    retryable: false,
    httpStatus: 500,
    concerns: 'connection',
  },
  FILE_LOST: {
    meaning: 'The file was removed or replaced while it was open; nothing was committed.',
    retryable: false,
    httpStatus: 500,
    concerns: 'transaction',
  },
  NOT_A_CONVODB_FILE: {
    meaning: 'The file is something else; it was left as it was.',
    retryable: false,
    httpStatus: 422,
    concerns: 'transaction',
  },
  NEWER_SCHEMA: {
    meaning: 'The file was written by a newer ConvoDB; it was left as it was.',
    retryable: false,
    httpStatus: 422,
    concerns: 'transaction',
  },
  WORKER_LOST: {
    meaning: 'The thread ended before it answered; nothing was changed.',
    retryable: true,
    httpStatus: 503,
    concerns: 'transaction',
  },
  WORKER_NOT_STARTED: {
    meaning:
      'A thread or the native code under it can not be started: the installation or the bundle lacks something.',
    retryable: false,
    httpStatus: 500,
    concerns: 'transaction',
  },
  OUTCOME_UNKNOWN: {
    meaning: 'The writer ended before it answered; the write may or may not have been committed.',
    retryable: false,
    httpStatus: 500,
    concerns: 'connection',
  },
  INTERNAL: { meaning: 'A fault in ConvoDB.', retryable: false, httpStatus: 500, concerns: 'operation' },
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof errorCodes

export type ErrorDetails = { readonly [key: string]: string | number | boolean }

/** An error as data: the form in which it crosses threads and the wire. */
export interface ErrorData {
  code: ErrorCode
  message: string
  details?: ErrorDetails
  /** The call that it answers. */
  operation?: string
  /** What it came of, as text: an error of SQLite's or of the system's, or where in our code it was thrown. */
  cause?: string
}

/** Where an error comes from. */
interface ErrorOrigin {
  readonly operation?: string | undefined
  readonly cause?: unknown
}

/** The one error class. `code` is stable, `message` is for people, `details` holds the numbers and names in it. */
export class ConvoDbError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  /** The operation that failed, by its name in the registry, or the name of the call. */
  readonly operation: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    { operation, cause }: ErrorOrigin = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
    this.operation = operation
  }

  /** On the prototype, like that of JavaScript's own errors. */
  override get name(): string {
    return 'ConvoDbError'
  }

  /**
   * Whether the same call may succeed later, unchanged. Not when `details.maybeCommitted` is true: what may have been done
   * must not be done again unseen.
   */
  get retryable(): boolean {
    return errorCodes[this.code].retryable && this.details['maybeCommitted'] !== true
  }

  get httpStatus(): number {
    return errorCodes[this.code].httpStatus
  }

  toJSON(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      details: this.details,
      ...(this.operation !== undefined && { operation: this.operation }),
      ...(this.cause !== undefined && { cause: textOf(this.cause) }),
    }
  }

  /**
   * For what is thrown hundreds of thousands of times a second: taking a stack costs ten times as much as all the rest
   * (https://nodejs.org/api/errors.html#errorstacktracelimit).
   */
  static withoutStack(code: ErrorCode, message: string, details: ErrorDetails): ConvoDbError {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    try {
      return new ConvoDbError(code, message, details)
    } finally {
      Error.stackTraceLimit = limit
    }
  }

  static from({ code, message, details, operation, cause }: ErrorData): ConvoDbError {
    return new ConvoDbError(code, message, details, { operation, cause })
  }

  /**
   * The same error as the answer to a call: with the call's name and, made where that is awaited, a stack that shows the caller's
   * line (https://v8.dev/docs/stack-trace-api#async-stack-traces).
   */
  static answering(operation: string, { code, message, details, cause }: ConvoDbError): ConvoDbError {
    return new ConvoDbError(code, message, details, { operation, cause })
  }
}

const textOf = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
