import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'
import type { KeptAnswer } from '../../protocol/kept-answer.js'

// A damaged row is refused: nobody gets an answer that was never given.
const selectByKey = `
  SELECT request_key AS requestKey, request_hash AS requestHash, made_at AS madeAt, outcomes, texts
  FROM idempotency_keys WHERE key_hash = ? AND ${isWhole('idempotency_keys')}`
// The first and the last by their own keys, which are handed out in the order in which requests are made.
const selectOldest = `
  SELECT request_key AS requestKey, made_at AS madeAt, bytes_before AS bytesBefore FROM idempotency_keys
  WHERE request_key = (SELECT min(request_key) FROM idempotency_keys)`
const selectNewest = `
  SELECT request_key AS requestKey, bytes_before + bytes AS bytesThrough FROM idempotency_keys
  WHERE request_key = (SELECT max(request_key) FROM idempotency_keys)`
const insertRequest = `
  INSERT INTO idempotency_keys (
    request_key, key_hash, request_hash, made_at, bytes_before, bytes, outcomes, texts
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
const deleteRequest = `DELETE FROM idempotency_keys WHERE request_key = ?`
// Seeks idempotency_keys_with_texts.
const blankTexts = `UPDATE idempotency_keys SET texts = NULL WHERE holds_text = 1`

/** What is remembered: requests of a day, the newest of them, and so many bytes of their answers. */
export const requestLimits = {
  maxAgeMs: 24 * 60 * 60_000,
  maxRequests: 100_000,
  maxBytes: 64 * 1024 * 1024,
  /** With each request that comes at most so many go, so that none of them waits long. */
  maxTrimmed: 100,
}

/** Of a row beside its answer. */
const rowBytes = 128

interface StoredRequest extends KeptAnswer {
  readonly requestKey: number
  readonly requestHash: Uint8Array
  readonly madeAt: number
}

interface RecordedRequest {
  readonly keyHash: Uint8Array
  readonly requestHash: Uint8Array
  readonly answer: KeptAnswer
}

/** The request that was made under the key, within a day. @throws CORRUPT where its row is damaged */
export function findRequest(connection: ReadConnection, keyHash: Uint8Array) {
  const row = connection.get<StoredRequest>(selectByKey, [keyHash])
  if (row === undefined || isOver(row.madeAt)) return undefined
  const { requestHash, outcomes, texts } = row
  return { requestHash, answer: { outcomes, texts } }
}

/** Remembers a request beside what it did, and lets go of what has been remembered for long enough. */
export function recordRequest(connection: WriteConnection, request: RecordedRequest): void {
  const { keyHash, requestHash, answer } = request
  const over = connection.get<StoredRequest>(selectByKey, [keyHash])
  if (over !== undefined) connection.run(deleteRequest, [over.requestKey])
  const newest = connection.get<{ requestKey: number; bytesThrough: number }>(selectNewest)
  const requestKey = (newest?.requestKey ?? 0) + 1
  const bytesBefore = newest?.bytesThrough ?? 0
  const bytes = rowBytes + answer.outcomes.length + (answer.texts?.length ?? 0)
  connection.run(insertRequest, [
    requestKey,
    keyHash,
    requestHash,
    Date.now(),
    bytesBefore,
    bytes,
    answer.outcomes,
    answer.texts,
  ])
  trim(connection, requestKey, bytesBefore + bytes)
}

function trim(connection: WriteConnection, newestKey: number, bytesThrough: number): void {
  const { maxRequests, maxBytes, maxTrimmed } = requestLimits
  for (let trimmed = 0; trimmed < maxTrimmed; trimmed += 1) {
    const oldest = connection.get<{ requestKey: number; madeAt: number; bytesBefore: number }>(selectOldest)
    if (oldest === undefined || oldest.requestKey === newestKey) return
    const isTooMany = newestKey - oldest.requestKey >= maxRequests
    const isTooMuch = bytesThrough - oldest.bytesBefore > maxBytes
    if (!isTooMany && !isTooMuch && !isOver(oldest.madeAt)) return
    connection.run(deleteRequest, [oldest.requestKey])
  }
}

const isOver = (madeAt: number): boolean => madeAt <= Date.now() - requestLimits.maxAgeMs

/** Forgets every kept text, whosever it is. Triggers do the same where rows with texts are deleted. */
export function forgetAnswers(connection: WriteConnection): void {
  connection.run(blankTexts)
}
