import { randomInt } from 'node:crypto'
import { defaultLeaseMs, defaultLimit, maxLeasedLength } from '../../protocol/limits.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { lockEmbeddingPlace, moveEmbeddingPlace, neverDue, readNowMs } from './embedding-places.js'
import { firstThatMayFit, readTexts, type EmbeddedText } from './embedded-texts.js'
import { listFresh } from './fresh-messages.js'

const maxLease = 2 ** 48 - 1

// A range of pending_embeddings_by_due (place_key, due_at, owner_key).
const selectDue = `
  SELECT owner_key AS "ownerKey" FROM pending_embeddings
  WHERE place_key = $1 AND due_at <= $2 ORDER BY due_at, owner_key LIMIT $3`
const selectNextDue = `
  SELECT min(due_at) AS "dueAt" FROM pending_embeddings WHERE place_key = $1 AND due_at > $2 AND due_at < ${neverDue}`
// Seeks the primary key (place_key, owner_key), as do the next ones, in its order. Who is skipped or settled meanwhile is left alone.
const addRows = `
  INSERT INTO pending_embeddings (place_key, owner_key, due_at, lease, is_changed)
  SELECT $1::bigint, given.owner_key, 0, NULL, false FROM unnest($2::bigint[]) AS given (owner_key) ORDER BY given.owner_key
  ON CONFLICT (place_key, owner_key) DO NOTHING`
const lockDue = `
  SELECT owner_key AS "ownerKey" FROM pending_embeddings
  WHERE place_key = $1 AND owner_key = ANY ($2::bigint[]) AND due_at <= $3 ORDER BY owner_key FOR UPDATE`
const claim = `
  UPDATE pending_embeddings SET due_at = $3, lease = $4, is_changed = false
  WHERE place_key = $1 AND owner_key = ANY ($2::bigint[])`
const dropSome = `DELETE FROM pending_embeddings WHERE place_key = $1 AND owner_key = ANY ($2::bigint[])`
const freeSome = `
  UPDATE pending_embeddings SET due_at = 0, lease = NULL, is_changed = false
  WHERE place_key = $1 AND owner_key = ANY ($2::bigint[])`

/** Gives out what has no vector of a model, or one of another content; nobody else gets it while the lease lasts. */
export async function leaseEmbeddings(
  session: Session,
  { owner, model, limit = defaultLimit, leaseMs = defaultLeaseMs }: WireParams<'leaseEmbeddings'>,
): Promise<WireResult<'leaseEmbeddings'>> {
  const place = await lockEmbeddingPlace(session, { owner, model })
  const { placeKey, lastNumber } = place
  const nowMs = await readNowMs(session)
  const due = await session.all<{ ownerKey: number }>(selectDue, [placeKey, nowMs, limit])
  const fresh =
    owner === 'message'
      ? await listFresh(session, place, model, limit - due.length)
      : { messages: [], through: lastNumber, hasMore: false }
  const keys = [...due.map(({ ownerKey }) => ownerKey), ...fresh.messages.map(({ key }) => key)]
  const fitting = keys.slice(0, owner === 'message' ? await firstThatMayFit(session, keys) : keys.length)
  const lease = randomInt(1, maxLease)
  await session.run(addRows, [placeKey, fitting])
  const locked = await session.all<{ ownerKey: number }>(lockDue, [placeKey, fitting, nowMs])
  const own = new Set(locked.map(({ ownerKey }) => ownerKey))
  await session.run(claim, [placeKey, [...own], nowMs + leaseMs, lease])
  // Only now are they read: whoever changes one from here on finds it leased.
  const { items, gone, left } = await readBatch(
    session,
    owner,
    fitting.filter((key) => own.has(key)),
  )
  if (gone.length > 0) await session.run(dropSome, [placeKey, gone])
  if (left.length > 0) await session.run(freeSome, [placeKey, left])
  // Those that come behind what did not fit are looked at next time.
  const firstLeft = fresh.messages[Math.max(0, fitting.length - due.length)]?.number
  const through = firstLeft === undefined ? fresh.through : firstLeft - 1
  if (through !== lastNumber) await moveEmbeddingPlace(session, placeKey, through)
  const hasMore =
    fresh.hasMore ||
    due.length === limit ||
    items.length + gone.length < keys.length ||
    through < fresh.through
  if (items.length > 0) return { leaseId: String(lease), items, hasMore, retryInMs: null }
  const next = (await session.get<{ dueAt: number | null }>(selectNextDue, [placeKey, nowMs]))?.dueAt ?? null
  return { leaseId: null, items, hasMore, retryInMs: next === null ? null : next - nowMs }
}

interface Batch {
  readonly items: EmbeddedText[]
  /** What is gone by now. */
  readonly gone: number[]
  /** What did not fit. */
  readonly left: number[]
}

/** What one lease gives, bounded in characters. */
async function readBatch(session: Session, owner: EmbeddingOwner, keys: readonly number[]): Promise<Batch> {
  const batch: Batch = { items: [], gone: [], left: [] }
  let [length, read] = [0, 0]
  for await (const [key, item] of readTexts(session, owner, keys)) {
    if (item === undefined) {
      batch.gone.push(key)
    } else {
      length += item.text.length
      if (batch.items.length > 0 && length > maxLeasedLength) break
      batch.items.push(item)
    }
    read += 1
  }
  batch.left.push(...keys.slice(read))
  return batch
}
