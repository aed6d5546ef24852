import type { BatchOutcome } from '../../protocol/batch.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { AnyResult, Outcome } from '../../protocol/messages.js'
import type { OperationName } from '../../protocol/operations.js'
import type {
  BulkAnswer,
  EachOutcome,
  EachOutcomes,
  OperationBulk,
  OperationGroup,
  OperationRequest,
} from '../../protocol/requests.js'
import type { WriteConnection } from '../connection/connection.js'
import { findRequest, recordRequest } from '../tables/idempotency-keys.js'
import { keepAnswer, recallAnswer } from '../../protocol/kept-answer.js'
import { hashOfRequest } from '../../protocol/request-hash.js'

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

/**
 * Carries out a request once: where it was made before under its key, `run` is not called, and the first one's answer is given.
 * Both are remembered in the transaction there is, with all that the request did.
 *
 * @param run throws where the transaction is to be rolled back; else what it gives is remembered.
 * @returns also IDEMPOTENCY_KEY_REUSED as the outcome of another request under the key
 */
export function answerOnce(
  connection: WriteConnection,
  request: OperationGroup,
  run: () => Outcome<readonly AnyResult[]>,
): BatchOutcome
export function answerOnce(
  connection: WriteConnection,
  request: OperationBulk,
  run: () => Outcome<BulkAnswer>,
): BatchOutcome
export function answerOnce(
  connection: WriteConnection,
  request: OperationRequest,
  run: () => Outcome<readonly AnyResult[] | BulkAnswer>,
): BatchOutcome {
  const { keyHash } = request
  if (keyHash === undefined) return run()
  const requestHash = hashOfRequest(request)
  const found = findRequest(connection, keyHash)
  if (found !== undefined) {
    if (!Buffer.from(requestHash).equals(found.requestHash)) return { ok: false, error: keyReused.toJSON() }
    return answerOf(request, recallAnswer(found.answer))
  }
  const outcome = run()
  const answer = keepAnswer(outcomesOf(request, outcome), !forgets(request))
  recordRequest(connection, { keyHash, requestHash, answer })
  return outcome
}

const keyReused = new ConvoDbError(
  'IDEMPOTENCY_KEY_REUSED',
  'This idempotency key was used for another request; give every request a key of its own',
)

function forgets(request: OperationRequest): boolean {
  const parts = request.name === 'group' ? request.operations : request.items
  return parts.some(({ name }) => forgetting.has(name))
}

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

function answerOf(request: OperationRequest, outcomes: EachOutcomes): BatchOutcome {
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
