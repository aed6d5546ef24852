import { vectorOf } from '../../protocol/direction.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'
import { maxDimension, toDirection } from '../tables/directions.js'

/** A slice takes some tens of milliseconds of this thread, and as many of the server's. */
const numbersPerSlice = 100_000

/** A vector's place in the order of the walk over all of them. */
export interface FillPlace {
  readonly modelKey: number
  readonly channelId: string
  readonly key: number
}

interface Unfilled extends FillPlace {
  readonly vector: Uint8Array
}

const selectModels = `
  SELECT model_key AS "modelKey", dimension FROM embedding_models WHERE model_key >= $1 AND dimension <= $2 ORDER BY model_key`

interface OwnerSql {
  readonly select: string
  readonly fill: string
}

// Ranges of message_embeddings_by_channel and segment_embeddings_by_channel (model_key, channel_id, key). Rows that somebody else has
// locked are left to be compared.
const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    select: `
      SELECT model_key AS "modelKey", channel_id AS "channelId", message_key AS key, vector FROM message_embeddings
      WHERE direction IS NULL AND model_key = $1 AND (channel_id, message_key) > ($2::text, $3::bigint)
      ORDER BY channel_id, message_key LIMIT $4 FOR UPDATE SKIP LOCKED`,
    fill: `
      UPDATE message_embeddings AS embeddings SET direction = filled.direction::vector
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[]) AS filled (model_key, channel_id, message_key, direction)
      WHERE embeddings.message_key = filled.message_key AND embeddings.channel_id = filled.channel_id
        AND embeddings.model_key = filled.model_key`,
  },
  segment: {
    select: `
      SELECT model_key AS "modelKey", channel_id AS "channelId", segment_key AS key, vector FROM segment_embeddings
      WHERE direction IS NULL AND model_key = $1 AND (channel_id, segment_key) > ($2::text, $3::bigint)
      ORDER BY channel_id, segment_key LIMIT $4 FOR UPDATE SKIP LOCKED`,
    fill: `
      UPDATE segment_embeddings AS embeddings SET direction = filled.direction::vector
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[]) AS filled (model_key, channel_id, segment_key, direction)
      WHERE embeddings.segment_key = filled.segment_key AND embeddings.channel_id = filled.channel_id
        AND embeddings.model_key = filled.model_key`,
  },
}

/**
 * Gives pgvector some vectors that it lacks, behind a place: within a transaction, which keeps their rows from others.
 *
 * @returns where to go on; undefined where there are no more
 */
export async function fillSome(
  session: Session,
  owner: EmbeddingOwner,
  place: FillPlace | undefined,
): Promise<FillPlace | undefined> {
  const models = await session.all<{ modelKey: number; dimension: number }>(selectModels, [
    place?.modelKey ?? 0,
    maxDimension,
  ])
  for (const { modelKey, dimension } of models) {
    const from = place?.modelKey === modelKey ? [session.id(place.channelId), place.key] : ['', 0]
    const count = Math.max(1, Math.floor(numbersPerSlice / dimension))
    const rows: Unfilled[] = await session.all(sqlByOwner[owner].select, [modelKey, ...from, count])
    const filled = rows.flatMap(({ vector, ...row }) => {
      const direction = toDirection(vectorOf(vector))
      return direction === null ? [] : [{ ...row, direction }]
    })
    await session.run(sqlByOwner[owner].fill, [
      filled.map((row) => row.modelKey),
      session.ids(filled.map((row) => row.channelId)),
      filled.map((row) => row.key),
      filled.map((row) => row.direction),
    ])
    const last = rows.at(-1)
    if (last !== undefined) return last
  }
  return undefined
}
