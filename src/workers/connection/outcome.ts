import type { ErrorCode } from '../../protocol/errors.js'
import type { Outcome } from '../../protocol/messages.js'
import { toErrorData } from './sqlite-errors.js'

export function failed(error: unknown, otherwise?: ErrorCode): Outcome<never> {
  return { ok: false, error: toErrorData(error, otherwise) }
}

/** Runs `work` and tells as data how it ended. */
export function outcomeOf<Value>(work: () => Value, otherwise?: ErrorCode): Outcome<Value> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    return failed(error, otherwise)
  }
}
