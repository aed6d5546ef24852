import { errorCodes, type ErrorCode } from './error-codes.js'

export { errorCodes, type ErrorCode }

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

/** What the classes of `convodb`, of `convodb/client` and of other copies of the package know each other's errors by. */
const isOurs = Symbol.for('convodb.ConvoDbError')

/**
 * The one error class. `code` is stable, `message` is for people, `details` holds the numbers and names in it. `instanceof` is
 * true whichever entry point or copy of the package made the error.
 */
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

  // No part of the type: types of two copies would not fit together.
  static {
    Object.defineProperty(this.prototype, isOurs, { value: true })
  }

  /** A class that extends this one keeps the usual meaning. */
  static override [Symbol.hasInstance]<Asked extends abstract new (...given: never) => unknown>(
    this: Asked,
    value: unknown,
  ): value is InstanceType<Asked> {
    if (!Object.is(this, ConvoDbError)) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && isOurs in value
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
