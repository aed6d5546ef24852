import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection } from '../connection/connection.js'
import { findEmbeddingPlace, findModelKey } from './embedding-places.js'
import { neverDue } from './pending-embeddings.js'

// Messages are summed from the channels' counters, segments counted over their narrowest index.
const countOwners: { readonly [Owner in EmbeddingOwner]: string } = {
  message: `SELECT coalesce(sum(message_count), 0) AS count FROM main.channels`,
  segment: `SELECT count(*) AS count FROM main.conversation_segments`,
}

// Vectors are counted by their blocks (vector_blocks_by_channel has all of it), and those that wait for one by themselves.
const countVectors = `
  SELECT
    (SELECT coalesce(sum(vectors), 0) FROM vector_blocks WHERE model_key = :modelKey AND owner = :owner)
    - (SELECT count(*) FROM removed_vectors CROSS JOIN vector_blocks AS blocks ON blocks.block_key = removed_vectors.block_key
       WHERE blocks.model_key = :modelKey AND blocks.owner = :owner)
    + (SELECT count(*) FROM unblocked_vectors CROSS JOIN main.embeddings
         ON embeddings.embedding_key = unblocked_vectors.embedding_key
       WHERE embeddings.model_key = :modelKey AND iif(embeddings.message_key IS NULL, 'segment', 'message') = :owner)
    AS count`

// The exceptions behind the place, of each a seek of embeddings_by_message or embeddings_by_segment.
const exceptions = (column: string): string => `
  SELECT
    coalesce(sum(lease IS NOT NULL AND due_at > :nowMs), 0) AS leased,
    coalesce(sum(due_at = ${neverDue}), 0) AS skipped,
    coalesce(sum(due_at <> ${neverDue} AND hasVector), 0) AS changed,
    coalesce(sum(due_at = ${neverDue} AND NOT hasVector), 0) AS skippedWithout
  FROM (
    SELECT lease, due_at, EXISTS (
      SELECT 1 FROM main.embeddings WHERE embeddings.${column} = pending.owner_key AND embeddings.model_key = :modelKey
    ) AS hasVector
    FROM pending_embeddings AS pending WHERE place_key = :placeKey
  )`
const countExceptions: { readonly [Owner in EmbeddingOwner]: string } = {
  message: exceptions('message_key'),
  segment: exceptions('segment_key'),
}

interface Exceptions {
  readonly leased: number
  readonly skipped: number
  /** With a vector of another content. */
  readonly changed: number
  readonly skippedWithout: number
}

/** In the numbers of one snapshot. */
export function embeddingProgress(
  connection: ReadConnection,
  { model, owner }: WireParams<'embeddingProgress'>,
): WireResult<'embeddingProgress'> {
  const counted = connection.get<{ count: number }>(countOwners[owner])?.count ?? 0
  const total = counted + (owner === 'message' ? connection.unindexed.size : 0)
  const modelKey = findModelKey(connection, model)
  const embedded = connection.get<{ count: number }>(countVectors, { modelKey, owner })?.count ?? 0
  const placeKey = findEmbeddingPlace(connection, { owner, model })?.placeKey ?? 0
  const bound = { placeKey, modelKey, nowMs: Date.now() }
  const { leased, skipped, changed, skippedWithout } = connection.get<Exceptions>(
    countExceptions[owner],
    bound,
  ) ?? { leased: 0, skipped: 0, changed: 0, skippedWithout: 0 }
  const pending = Math.max(0, total - embedded - skippedWithout + changed)
  return { total, embedded, pending, leased, skipped }
}
