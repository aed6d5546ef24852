import type { BatchOutcome } from '../../protocol/batch.js'
import type { AnyResult, Outcome } from '../../protocol/messages.js'
import { keepRequestAnswer, keyReused, recallRequestAnswer } from '../../protocol/request-answers.js'
import { hashOfRequest } from '../../protocol/request-hash.js'
import type { BulkAnswer, OperationRequest } from '../../protocol/requests.js'
import type { Session } from '../connection/session.js'
import { findRequest, lockRequest, recordRequest } from '../tables/idempotency-keys.js'

/**
 * Carries out a request once: where it was made before under its key, by whichever process, `run` is not called, and the first one's
 * answer is given. Both are remembered in the transaction there is, with all that the request did.
 *
 * @param run throws where the transaction is to be rolled back; else what it gives is remembered.
 */
export async function answerOnce(
  session: Session,
  request: OperationRequest,
  run: () => Promise<Outcome<readonly AnyResult[] | BulkAnswer>>,
): Promise<BatchOutcome> {
  const { keyHash } = request
  if (keyHash === undefined) return run()
  const requestHash = hashOfRequest(request)
  await lockRequest(session, keyHash)
  const found = await findRequest(session, keyHash)
  if (found !== undefined) {
    if (!Buffer.from(requestHash).equals(found.requestHash)) return { ok: false, error: keyReused.toJSON() }
    return recallRequestAnswer(request, found.answer)
  }
  const outcome = await run()
  await recordRequest(session, keyHash, requestHash, keepRequestAnswer(request, outcome))
  return outcome
}
