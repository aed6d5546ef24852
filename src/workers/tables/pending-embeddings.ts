import { defaultLeaseMs, defaultLimit, maxLeasedLength } from '../../protocol/limits.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { crypto } from '../../protocol/crypto.js'
import { answerItemsWith } from '../reading/pack-answer.js'
import { findSegment } from './conversation-segments.js'
import { findEmbeddedText, type EmbeddedText } from './embedded-texts.js'
import {
  ensureEmbeddingPlace,
  findEmbeddingPlace,
  findModelKey,
  moveEmbeddingPlace,
  type ModelOwner,
} from './embedding-places.js'
import { findPlace } from './messages.js'

/** Of who was skipped: later than every time that a Date can hold. */
export const neverDue = 2 ** 53 - 1
/** So many that have a vector already are passed by in one call: some tens of milliseconds. */
const keysPerCall = 20_000
const maxLease = 2 ** 48 - 1

// A range of pending_embeddings_by_due (place_key, due_at, owner_key).
const selectDue = `
  SELECT owner_key FROM pending_embeddings WHERE place_key = ? AND due_at <= ? ORDER BY due_at, owner_key LIMIT ?`
const selectNextDue = `
  SELECT min(due_at) AS dueAt FROM pending_embeddings WHERE place_key = ? AND due_at > ? AND due_at < ${neverDue}`
// Seeks the primary key (place_key, owner_key), as do the next ones.
const leaseOne = `
  INSERT INTO pending_embeddings (place_key, owner_key, due_at, lease, is_changed)
  VALUES (:placeKey, :ownerKey, :dueAt, :lease, 0)
  ON CONFLICT (place_key, owner_key) DO UPDATE SET due_at = :dueAt, lease = :lease, is_changed = 0`
const selectOne = `
  SELECT is_changed AS isChanged FROM pending_embeddings WHERE place_key = ? AND owner_key = ? AND lease = ?`
const releaseOne = `
  UPDATE pending_embeddings SET lease = NULL, due_at = iif(is_changed, 0, :dueAt), is_changed = 0
  WHERE place_key = :placeKey AND owner_key = :ownerKey AND lease = :lease`
const dropOne = `DELETE FROM pending_embeddings WHERE place_key = ? AND owner_key = ?`

interface OwnerSql {
  /** The ends of a primary key behind a place: the first and the last. */
  readonly ends: string
  /** A range of it; of each a seek of embeddings_by_message or embeddings_by_segment. */
  readonly without: string
}

const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    ends: `
      SELECT (SELECT min(message_key) FROM messages WHERE message_key > ?) AS first,
        (SELECT max(message_key) FROM messages) AS last`,
    without: `
      SELECT message_key FROM messages
      WHERE message_key > :after AND message_key <= :through AND NOT EXISTS (
        SELECT 1 FROM embeddings WHERE embeddings.message_key = messages.message_key AND model_key = :modelKey
      )
      ORDER BY message_key LIMIT :room`,
  },
  segment: {
    ends: `
      SELECT (SELECT min(segment_key) FROM conversation_segments WHERE segment_key > ?) AS first,
        (SELECT max(segment_key) FROM conversation_segments) AS last`,
    without: `
      SELECT segment_key FROM conversation_segments AS segments
      WHERE segment_key > :after AND segment_key <= :through AND NOT EXISTS (
        SELECT 1 FROM embeddings WHERE embeddings.segment_key = segments.segment_key AND model_key = :modelKey
      )
      ORDER BY segment_key LIMIT :room`,
  },
}

/** Gives out what has no vector of a model, or one of another content; nobody else gets it while the lease lasts. */
export function leaseEmbeddings(
  connection: WriteConnection,
  { owner, model, limit = defaultLimit, leaseMs = defaultLeaseMs }: WireParams<'leaseEmbeddings'>,
): WireResult<'leaseEmbeddings'> | Packed {
  const nowMs = Date.now()
  const { placeKey, lastKey } = ensureEmbeddingPlace(connection, { owner, model })
  const due = connection.column<number>(selectDue, [placeKey, nowMs, limit])
  const fresh = listFresh(connection, { owner, model }, lastKey, limit - due.length)
  const batch = new Batch(connection, owner)
  for (const ownerKey of due) {
    const fate = batch.take(ownerKey)
    if (fate === 'gone') connection.run(dropOne, [placeKey, ownerKey])
    else if (fate === 'full') break
  }
  // Those that come behind what did not fit are looked at next time.
  const firstLeft = fresh.keys.find((ownerKey) => batch.take(ownerKey) === 'full')
  const through = firstLeft === undefined ? fresh.through : firstLeft - 1
  if (through !== lastKey) moveEmbeddingPlace(connection, placeKey, through)
  const hasMore = batch.isFull || due.length === limit || fresh.hasMore
  if (batch.items.length === 0) {
    const next = connection.get<{ dueAt: number | null }>(selectNextDue, [placeKey, nowMs])?.dueAt ?? null
    const retryInMs = next === null ? null : next - nowMs
    return { leaseId: null, items: [], hasMore, retryInMs }
  }
  const lease = crypto().randomInt(1, maxLease)
  const dueAt = nowMs + leaseMs
  for (const ownerKey of batch.keys) connection.run(leaseOne, { placeKey, ownerKey, dueAt, lease })
  return answerItemsWith(batch.items, { leaseId: String(lease), hasMore, retryInMs: null })
}

/** The keys behind a place that have no vector, and how far was looked. */
function listFresh(connection: ReadConnection, { owner, model }: ModelOwner, lastKey: number, room: number) {
  const sql = sqlByOwner[owner]
  const ends = connection.get<{ first: number | null; last: number | null }>(sql.ends, [lastKey])
  const { first = null, last = null } = ends ?? {}
  if (first === null || last === null) return { keys: [], through: lastKey, hasMore: false }
  if (room <= 0) return { keys: [], through: lastKey, hasMore: true }
  const through = Math.min(last, first + keysPerCall - 1)
  const bound = { after: lastKey, through, modelKey: findModelKey(connection, model), room }
  const keys = connection.column<number>(sql.without, bound)
  const reached = keys.length < room ? through : (keys.at(-1) ?? through)
  return { keys, through: reached, hasMore: reached < last }
}

/** What one lease gives, bounded in characters. */
class Batch {
  readonly keys: number[] = []
  readonly items: EmbeddedText[] = []
  isFull = false
  readonly #connection: ReadConnection
  readonly #owner: EmbeddingOwner
  #length = 0

  constructor(connection: ReadConnection, owner: EmbeddingOwner) {
    this.#connection = connection
    this.#owner = owner
  }

  take(ownerKey: number): 'taken' | 'gone' | 'full' {
    if (this.isFull) return 'full'
    const item = findEmbeddedText(this.#connection, this.#owner, ownerKey)
    if (item === undefined) return 'gone'
    this.isFull = this.items.length > 0 && this.#length + item.text.length > maxLeasedLength
    if (this.isFull) return 'full'
    this.#length += item.text.length
    this.keys.push(ownerKey)
    this.items.push(item)
    return 'taken'
  }
}

/** What a lease makes of each of its owners, by their ids. */
export class HeldLease {
  readonly #connection: WriteConnection
  readonly #lease: number

  constructor(connection: WriteConnection, leaseId: string) {
    this.#connection = connection
    // Another text is none of ours, and holds nothing.
    this.#lease = /^\d{1,15}$/.test(leaseId) ? Number(leaseId) : 0
  }

  /** Whether it still holds an owner whose content is the one that was given out. What has changed since is pending at once. */
  holds(asked: ModelOwner, ownerId: string): boolean {
    const found = this.#find(asked, ownerId)
    if (found === undefined) return false
    const row = this.#connection.get<{ isChanged: number }>(selectOne, found)
    if (row?.isChanged === 1) this.release(asked, ownerId, 0)
    return row?.isChanged === 0
  }

  /** Gives an owner back; says whether it was held. */
  release(asked: ModelOwner, ownerId: string, dueAt: number): boolean {
    const found = this.#find(asked, ownerId)
    if (found === undefined) return false
    const [placeKey, ownerKey, lease] = found
    return this.#connection.run(releaseOne, { placeKey, ownerKey, lease, dueAt }) > 0
  }

  #find(asked: ModelOwner, ownerId: string): readonly [number, number, number] | undefined {
    const place = findEmbeddingPlace(this.#connection, asked)
    const ownerKey = findOwnerKey(this.#connection, asked.owner, ownerId)
    return place === undefined || ownerKey === undefined ? undefined : [place.placeKey, ownerKey, this.#lease]
  }
}

const findOwnerKey = (
  connection: ReadConnection,
  owner: EmbeddingOwner,
  ownerId: string,
): number | undefined =>
  owner === 'message' ? findPlace(connection, ownerId)?.key : findSegment(connection, ownerId)?.segmentKey

export function releaseEmbeddings(
  connection: WriteConnection,
  { owner, model, leaseId, ownerIds, retryInMs = 0, skip = false }: WireParams<'releaseEmbeddings'>,
): number {
  const lease = new HeldLease(connection, leaseId)
  const dueAt = skip ? neverDue : Date.now() + retryInMs
  return ownerIds.reduce(
    (count, ownerId) => count + (lease.release({ owner, model }, ownerId, dueAt) ? 1 : 0),
    0,
  )
}
