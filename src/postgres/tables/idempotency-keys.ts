import type { KeptAnswer } from '../../protocol/kept-answer.js'
import type { Session } from '../connection/session.js'

const selectByKey = `
  SELECT request_hash AS "requestHash", made_at AS "madeAt", outcomes, texts FROM idempotency_keys WHERE key_hash = $1`
// By the key's first eight bytes: two processes that are asked the same do it one after the other. A lock of the transaction's.
const lockKey = `SELECT pg_advisory_xact_lock($1::bigint)`
const insertRequest = `
  INSERT INTO idempotency_keys (key_hash, request_hash, made_at, bytes, outcomes, texts) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (key_hash) DO UPDATE SET
    request_hash = excluded.request_hash, made_at = excluded.made_at, bytes = excluded.bytes, outcomes = excluded.outcomes,
    texts = excluded.texts`
// Seeks the primary key from its beginning: keys rise with time.
const deleteOld = `
  DELETE FROM idempotency_keys WHERE request_key IN (
    SELECT request_key FROM idempotency_keys ORDER BY request_key LIMIT 100
  ) AND made_at <= $1`
// Seeks idempotency_keys_with_texts.
const blankTexts = `UPDATE idempotency_keys SET texts = NULL WHERE texts IS NOT NULL`

const maxAgeMs = 24 * 60 * 60_000
/** Of a row beside its answer. */
const rowBytes = 128

interface StoredRequest extends KeptAnswer {
  readonly requestHash: Uint8Array
  readonly madeAt: number
}

/** Whoever makes a request under the same key waits until this transaction is over. */
export async function lockRequest(session: Session, keyHash: Uint8Array): Promise<void> {
  await session.all(lockKey, [String(Buffer.from(keyHash).readBigInt64BE(0))])
}

/** The request that was made under the key, within a day. */
export async function findRequest(session: Session, keyHash: Uint8Array) {
  const row = await session.get<StoredRequest>(selectByKey, [keyHash])
  if (row === undefined || row.madeAt <= Date.now() - maxAgeMs) return undefined
  const { requestHash, outcomes, texts } = row
  return { requestHash, answer: { outcomes, texts } }
}

/** Remembers a request beside what it did, and lets go of what has been remembered for long enough. */
export async function recordRequest(
  session: Session,
  keyHash: Uint8Array,
  requestHash: Uint8Array,
  { outcomes, texts }: KeptAnswer,
): Promise<void> {
  const bytes = rowBytes + outcomes.length + (texts?.length ?? 0)
  await session.run(insertRequest, [keyHash, requestHash, Date.now(), bytes, outcomes, texts])
  await session.run(deleteOld, [Date.now() - maxAgeMs])
}

/** Forgets every kept text, whosever it is: it might be one that is taken away. */
export async function forgetAnswers(session: Session): Promise<void> {
  await session.run(blankTexts)
}
