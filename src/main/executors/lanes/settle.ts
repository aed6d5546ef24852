import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BatchAnswer, BatchOutcome } from '../../../protocol/batch.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { WriteMessage } from '../../../protocol/messages.js'
import { Pace } from '../../../protocol/steps.js'
import type { PendingCall } from './call.js'

/** So many calls, and what their callers do next, take a millisecond or so. */
const callsPerTurn = 256

/** Gives each call the outcome at its place; many of them in several turns of the event loop, so that it never stands still. */
export async function settleInTurns(
  calls: readonly PendingCall<unknown>[],
  operations: readonly WriteMessage[],
  answer: BatchAnswer,
): Promise<void> {
  const pace = new Pace()
  for (const [index, call] of calls.entries()) {
    if (index > 0 && (index % callsPerTurn === 0 || pace.isOver())) {
      await nextTurn()
      pace.restart()
    }
    const later = settle(call, operations[index], answer === 'inserted' ? answer : answer[index])
    if (later !== undefined) await later
  }
}

/**
 * Gives each call the outcome at its place, lets go of it and lets the caller go on before the next one is decoded. What
 * a bundle of pages holds is megabytes, and what outlives a collection of garbage costs ten times as much to collect.
 */
export async function settleOneByOne(
  calls: readonly PendingCall<unknown>[],
  operations: readonly WriteMessage[],
  outcomes: BatchOutcome[],
): Promise<void> {
  const pace = new Pace()
  for (const [index, call] of calls.entries()) {
    await settle(call, operations[index], outcomes.shift())
    if (!pace.isOverNow()) continue
    await nextTurn()
    pace.restart()
  }
}

/** Gives a call its outcome; the promise is there where decoding it takes several turns. */
export function settle(
  call: PendingCall<unknown>,
  operation: WriteMessage | undefined,
  outcome: BatchOutcome | undefined,
): Promise<void> | undefined {
  if (typeof outcome === 'string' && operation?.name === 'storeMessage' && 'params' in operation) {
    return call.resolve({ messageId: operation.params.messageId, outcome })
  }
  if (typeof outcome === 'object' && outcome.ok) return call.resolve(outcome.value)
  call.reject(
    typeof outcome === 'object'
      ? ConvoDbError.from(outcome.error)
      : new ConvoDbError('INTERNAL', 'The worker gave no answer to this operation'),
  )
  return undefined
}
