import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BatchAnswer, BatchOutcome } from '../../../protocol/batch.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { OperationMessage } from '../../../protocol/messages.js'
import type { PendingCall } from './pending-call.js'

/** So many calls, and what their callers do next, take a millisecond or so. */
const callsPerTurn = 256

/** Gives each call the outcome at its place; many of them in several turns of the event loop, so that it never stands still. */
export async function settleInTurns(
  calls: readonly PendingCall<unknown>[],
  operations: readonly OperationMessage[],
  answer: BatchAnswer,
): Promise<void> {
  for (let first = 0; first < calls.length; first += callsPerTurn) {
    if (first > 0) await nextTurn()
    const end = first + callsPerTurn
    const slice = answer === 'inserted' ? answer : answer.slice(first, end)
    settleAll(calls.slice(first, end), operations.slice(first, end), slice)
  }
}

/**
 * Gives each call the outcome at its place, lets go of it and lets the caller go on before the next one is decoded. What
 * a bundle of pages holds is megabytes, and what outlives a collection of garbage costs ten times as much to collect.
 */
export async function settleOneByOne(
  calls: readonly PendingCall<unknown>[],
  operations: readonly OperationMessage[],
  outcomes: BatchOutcome[],
): Promise<void> {
  for (const [index, call] of calls.entries()) {
    settle(call, operations[index], outcomes.shift())
    await undefined
  }
}

function settleAll(
  calls: readonly PendingCall<unknown>[],
  operations: readonly OperationMessage[],
  answer: BatchAnswer,
): void {
  calls.forEach((call, index) =>
    settle(call, operations[index], answer === 'inserted' ? answer : answer[index]),
  )
}

/** Gives a call its outcome. */
export function settle(
  call: PendingCall<unknown>,
  operation: OperationMessage | undefined,
  outcome: BatchOutcome | undefined,
): void {
  if (typeof outcome === 'string' && operation?.name === 'storeMessage') {
    call.resolve({ messageId: operation.params.messageId, outcome })
  } else if (typeof outcome === 'object') {
    if (outcome.ok) call.resolve(outcome.value)
    else call.reject(ConvoDbError.from(outcome.error))
  } else {
    call.reject(new ConvoDbError('INTERNAL', 'The worker gave no answer to this operation'))
  }
}
