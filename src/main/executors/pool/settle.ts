import { ConvoDbError } from '../../../protocol/errors.js'
import type { AnyOutcome } from '../../../protocol/messages.js'
import type { PendingCall } from './pending-call.js'

/** Gives each call the outcome at its place. */
export function settleAll(calls: readonly PendingCall<unknown>[], outcomes: readonly AnyOutcome[]): void {
  calls.forEach((call, index) => {
    const outcome = outcomes[index]
    if (outcome?.ok === true) call.resolve(outcome.value)
    else call.reject(toError(outcome))
  })
}

function toError(outcome: AnyOutcome | undefined): ConvoDbError {
  return outcome === undefined || outcome.ok
    ? new ConvoDbError('INTERNAL', 'The worker gave no answer to this operation')
    : ConvoDbError.from(outcome.error)
}
