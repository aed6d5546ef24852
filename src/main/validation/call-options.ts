import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { object, optional } from './options-schema.js'
import { check } from './check.js'

export const abortSignal = Type.Refine(
  Type.Unsafe<AbortSignal>({}),
  (value) => value instanceof AbortSignal,
  () => 'an AbortSignal',
)
const timeoutMs = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })

const callback = Type.Refine(
  Type.Unsafe<() => unknown>({}),
  (value) => typeof value === 'function',
  () => 'a function',
)

const callOptions = Compile(object({ signal: optional(abortSignal), timeoutMs: optional(timeoutMs) }))
const leaseOptions = Compile(
  object({
    signal: optional(abortSignal),
    timeoutMs: optional(timeoutMs),
    mode: optional(Type.Union([Type.Literal('read'), Type.Literal('write')])),
    idleTimeoutMs: optional(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })),
  }),
)
const closeOptions = Compile(object({ timeoutMs: optional(timeoutMs) }))
const closeOnSignalsOptions = Compile(object({ timeoutMs: optional(timeoutMs), before: optional(callback) }))

const none: CallOptions = {}

/** @throws INVALID_ARGUMENT naming the option */
export function checkCallOptions(options: CallOptions = none): CallOptions {
  if (options !== none) check(callOptions, options, 'options')
  return options
}

/** @throws INVALID_ARGUMENT naming the option */
export function checkLeaseOptions(options: unknown): void {
  check(leaseOptions, options, 'options')
}

/** @throws INVALID_ARGUMENT naming the option */
export function checkCloseOptions(options: unknown): void {
  check(closeOptions, options, 'options')
}

/** @throws INVALID_ARGUMENT naming the option */
export function checkCloseOnSignalsOptions(options: unknown): void {
  check(closeOnSignalsOptions, options, 'options')
}

/**
 * What every call takes besides its parameters. Those are copied before the call returns, so that its objects may be used
 * again at once, unless it carries more than 1,000 items, 250,000 characters of text or 60,000 of JSON: it is read in
 * steps then, between which the event loop goes on, and what it was given must be left as it is until it settles.
 */
export interface CallOptions {
  /**
   * Gives the call up with `ABORTED`. A write that is already with the writer can not be called back: it may be
   * committed all the same, and the error's `details.maybeCommitted` is true, its `retryable` false.
   */
  signal?: AbortSignal | undefined
  /** Gives the call up with `TIMEOUT` after so many milliseconds, likewise. Default: no limit. */
  timeoutMs?: number | undefined
}
