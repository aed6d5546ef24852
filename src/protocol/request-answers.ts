import type { BatchOutcome } from './batch.js'
import { ConvoDbError } from './errors.js'
import { keepAnswer, recallAnswer, type KeptAnswer } from './kept-answer.js'
import type { AnyResult, Outcome } from './messages.js'
import type { OperationName } from './operations.js'
import type { BulkAnswer, EachOutcome, EachOutcomes, OperationRequest } from './requests.js'

/*
 * What is kept of a request that was made under a key, and what is answered to the same one again (docs/decisions/0034-idempotency-keys.md).
 */

/** What takes texts away. Of a request with one of them no text is kept: it might be that which is taken away. */
const forgetting: ReadonlySet<string> = new Set<OperationName>([
  'deleteChannel',
  'deleteMessages',
  'deleteMatchingMessages',
  'deleteExpiredMessages',
  'deleteConversationSegment',
  'deleteUser',
  'forgetUser',
  'importForgottenUsers',
])

export const keyReused = new ConvoDbError(
  'IDEMPOTENCY_KEY_REUSED',
  'This idempotency key was used for another request; give every request a key of its own',
)

function forgets(request: OperationRequest): boolean {
  const parts = request.name === 'group' ? request.operations : request.items
  return parts.some(({ name }) => forgetting.has(name))
}

/** Of a request that takes texts away no text is kept. */
export const keepRequestAnswer = (
  request: OperationRequest,
  outcome: Outcome<readonly AnyResult[] | BulkAnswer>,
): KeptAnswer => keepAnswer(outcomesOf(request, outcome), !forgets(request))

/** How each operation ended; of a group that failed, one outcome. */
function outcomesOf(
  request: OperationRequest,
  outcome: Outcome<readonly AnyResult[] | BulkAnswer>,
): EachOutcomes {
  if (!outcome.ok) return [outcome]
  if ('outcomes' in outcome.value) return outcome.value.outcomes
  return outcome.value.map((value, index) => wordOf(request, index, value))
}

/** A stored message by its outcome alone: its id is text, and the request has it. */
function wordOf(request: OperationRequest, index: number, value: AnyResult): EachOutcome {
  const isStored = storedIdAt(request, index) !== undefined
  return isStored && typeof value === 'object' && value !== null && 'outcome' in value
    ? value.outcome
    : { ok: true, value }
}

/** The id of the message that an operation of a group stores. */
function storedIdAt(request: OperationRequest, index: number): string | undefined {
  const operation = request.name === 'group' ? request.operations[index] : undefined
  return operation?.name === 'storeMessage' && 'params' in operation ? operation.params.messageId : undefined
}

/** What the request was answered when it was first made, where that is kept. */
export function recallRequestAnswer(request: OperationRequest, kept: KeptAnswer): BatchOutcome {
  const outcomes = recallAnswer(kept)
  if (request.name === 'bulk') return { ok: true, value: { outcomes } }
  const values: AnyResult[] = []
  for (const [index, { name }] of request.operations.entries()) {
    const outcome = outcomes === 'inserted' ? outcomes : outcomes[index]
    if (typeof outcome === 'string') {
      values.push({ messageId: storedIdAt(request, index) ?? '', outcome })
    } else if (outcome?.ok === true) {
      values.push(outcome.value)
    } else if (outcome?.error.code === 'ANSWER_NOT_KEPT') {
      const { code, message } = outcome.error
      return { ok: false, error: { code, message, details: { index, operation: name } } }
    } else if (outcome !== undefined) {
      return outcome
    }
  }
  return { ok: true, value: values }
}
