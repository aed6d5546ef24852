import { ConvoDbError } from '../../protocol/errors.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import { fromBytes, toBytes } from '../../protocol/vector.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { answerItems } from '../reading/pack-answer.js'
import { isSegmentHidden, requireSegment } from './conversation-segments.js'
import { isHidden, requireMessage } from './messages.js'
import { HeldLease } from './pending-embeddings.js'

type EmbeddingWire = WireResult<'getEmbeddings'>[number]
type NewEmbedding = WireParams<'storeEmbeddings'>['embeddings'][number]
type EmbeddingRow = Omit<EmbeddingWire, 'vector'> & { readonly vector: Uint8Array }

interface OwnerSql {
  /** Binds owner key, model key, vector, creation time. */
  readonly upsert: string
  /** Binds owner id, model or null. */
  readonly select: string
  /** Binds owner id, model or null. */
  readonly remove: string
}

// Seeks embeddings_by_message, embeddings_by_segment: (owner's key, model).
const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    upsert: `
      INSERT INTO embeddings (message_key, model_key, vector, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (message_key, model_key) WHERE message_key IS NOT NULL
      DO UPDATE SET vector = excluded.vector, created_at = excluded.created_at`,
    select: `
      SELECT 'message' AS ownerType, messages.message_id AS ownerId, models.model, models.dimension,
        embeddings.vector, embeddings.created_at AS createdAt
      FROM main.messages
      CROSS JOIN embeddings ON embeddings.message_key = messages.message_key
      CROSS JOIN embedding_models AS models ON models.model_key = embeddings.model_key
      WHERE messages.message_id = :ownerId AND models.model = coalesce(:model, models.model)
      ORDER BY embeddings.model_key`,
    remove: `
      DELETE FROM embeddings
      WHERE message_key = (SELECT message_key FROM messages WHERE message_id = :ownerId)
        AND (:model IS NULL OR model_key = (SELECT model_key FROM embedding_models WHERE model = :model))`,
  },
  segment: {
    upsert: `
      INSERT INTO embeddings (segment_key, model_key, vector, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (segment_key, model_key) WHERE segment_key IS NOT NULL
      DO UPDATE SET vector = excluded.vector, created_at = excluded.created_at`,
    select: `
      SELECT 'segment' AS ownerType, segments.segment_id AS ownerId, models.model, models.dimension,
        embeddings.vector, embeddings.created_at AS createdAt
      FROM main.conversation_segments AS segments
      CROSS JOIN embeddings ON embeddings.segment_key = segments.segment_key
      CROSS JOIN embedding_models AS models ON models.model_key = embeddings.model_key
      WHERE segments.segment_id = :ownerId AND models.model = coalesce(:model, models.model)
      ORDER BY embeddings.model_key`,
    remove: `
      DELETE FROM embeddings
      WHERE segment_key = (SELECT segment_key FROM conversation_segments WHERE segment_id = :ownerId)
        AND (:model IS NULL OR model_key = (SELECT model_key FROM embedding_models WHERE model = :model))`,
  },
}

const selectModel = `
  SELECT model_key AS modelKey, dimension FROM embedding_models WHERE model = ?`
const insertModel = `INSERT INTO embedding_models (model, dimension) VALUES (?, ?)`

/** The model's key; its first vector fixes the dimension. @throws DIMENSION_MISMATCH */
function ensureModel(connection: WriteConnection, model: string, dimension: number): number {
  const row = connection.get<{ modelKey: number; dimension: number }>(selectModel, [model])
  if (row === undefined) return connection.insert(insertModel, [model, dimension])
  if (row.dimension === dimension) return row.modelKey
  throw new ConvoDbError(
    'DIMENSION_MISMATCH',
    `Model '${model}' has dimension ${row.dimension}, this vector ${dimension}`,
    { model, expected: row.dimension, received: dimension },
  )
}

function requireOwner(connection: ReadConnection, { ownerType, ownerId }: NewEmbedding): number {
  return ownerType === 'message'
    ? requireMessage(connection, ownerId).key
    : requireSegment(connection, ownerId).segmentKey
}

const isOwnerHidden = (connection: ReadConnection, ownerType: EmbeddingOwner, ownerId: string): boolean =>
  ownerType === 'message' ? isHidden(connection, ownerId) : isSegmentHidden(connection, ownerId)

export function storeEmbeddings(
  connection: WriteConnection,
  { embeddings, leaseId }: WireParams<'storeEmbeddings'>,
): number {
  const nowMs = Date.now()
  const lease = leaseId === undefined ? undefined : new HeldLease(connection, leaseId)
  let stored = 0
  for (const embedding of embeddings) {
    const { ownerType: owner, ownerId, model } = embedding
    if (lease !== undefined && !lease.holds({ owner, model }, ownerId)) continue
    const ownerKey = requireOwner(connection, embedding)
    const modelKey = ensureModel(connection, embedding.model, embedding.vector.length)
    const { upsert } = sqlByOwner[embedding.ownerType]
    connection.run(upsert, [ownerKey, modelKey, toBytes(embedding.vector), embedding.createdAt ?? nowMs])
    stored += 1
  }
  return stored
}

/** Makes models known before their first vectors. @throws DIMENSION_MISMATCH */
export function importModels(connection: WriteConnection, { models }: WireParams<'importModels'>): number {
  for (const { model, dimension } of models) ensureModel(connection, model, dimension)
  return models.length
}

export function getEmbeddings(
  connection: ReadConnection,
  { ownerType, ownerIds, model }: WireParams<'getEmbeddings'>,
): EmbeddingWire[] | Packed {
  return answerItems(embeddingsOf(connection, ownerType, ownerIds, model))
}

function* embeddingsOf(
  connection: ReadConnection,
  ownerType: EmbeddingOwner,
  ownerIds: readonly string[],
  model: string | undefined,
): Generator<EmbeddingWire> {
  const { select } = sqlByOwner[ownerType]
  for (const ownerId of ownerIds) {
    if (isOwnerHidden(connection, ownerType, ownerId)) continue
    for (const row of connection.all<EmbeddingRow>(select, { ownerId, model: model ?? null })) {
      yield { ...row, vector: fromBytes(row.vector) }
    }
  }
}

export function deleteEmbeddings(
  connection: WriteConnection,
  { ownerType, ownerIds, model }: WireParams<'deleteEmbeddings'>,
): number {
  const { remove } = sqlByOwner[ownerType]
  return ownerIds.reduce(
    (count, ownerId) =>
      isOwnerHidden(connection, ownerType, ownerId)
        ? count
        : count + connection.run(remove, { ownerId, model: model ?? null }),
    0,
  )
}
