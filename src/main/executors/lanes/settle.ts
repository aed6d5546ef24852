import type { BatchAnswer } from '../../../protocol/batch.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { OperationMessage } from '../../../protocol/messages.js'
import type { PendingCall } from './pending-call.js'

/** Gives each call the outcome at its place. */
export function settleAll(
  calls: readonly PendingCall<unknown>[],
  operations: readonly OperationMessage[],
  answer: BatchAnswer,
): void {
  calls.forEach((call, index) => {
    const outcome = answer === 'inserted' ? answer : answer[index]
    const operation = operations[index]
    if (typeof outcome === 'string' && operation?.name === 'storeMessage') {
      call.resolve({ messageId: operation.params.messageId, outcome })
    } else if (typeof outcome === 'object') {
      if (outcome.ok) call.resolve(outcome.value)
      else call.reject(ConvoDbError.from(outcome.error))
    } else {
      call.reject(new ConvoDbError('INTERNAL', 'The worker gave no answer to this operation'))
    }
  })
}
