import type { BatchOutcome } from '../../protocol/batch.js'
import type { AnyResult, Outcome } from '../../protocol/messages.js'
import { keepRequestAnswer, keyReused, recallRequestAnswer } from '../../protocol/request-answers.js'
import { hashOfRequest } from '../../protocol/request-hash.js'
import type { BulkAnswer, OperationBulk, OperationGroup, OperationRequest } from '../../protocol/requests.js'
import type { WriteConnection } from '../connection/connection.js'
import { findRequest, recordRequest } from '../tables/idempotency-keys.js'

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
    return recallRequestAnswer(request, found.answer)
  }
  const outcome = run()
  const answer = keepRequestAnswer(request, outcome)
  recordRequest(connection, { keyHash, requestHash, answer })
  return outcome
}
