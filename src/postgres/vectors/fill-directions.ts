import { vectorOf } from '../../protocol/direction.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'
import { maxDimension, toDirection } from '../tables/directions.js'

/** A slice takes some tens of milliseconds of this thread, and as many of the server's. */
const numbersPerSlice = 100_000
/** To ask for a channel takes as long as for so many numbers more. */
const numbersPerChannel = 5_000

/** A vector's place in the order of the walk over all of them. */
export interface FillPlace {
  readonly modelKey: number
  readonly channelId: string
  readonly key: number
}

/** What a slice has done. */
export interface Filled {
  /** Where to go on; undefined where there are no more. */
  readonly next: FillPlace | undefined
  /** Whether others held some, which were left as they are. */
  readonly hasSkipped: boolean
}

interface Model {
  readonly modelKey: number
  readonly dimension: number
}

const selectModels = `
  SELECT model_key AS "modelKey", dimension FROM embedding_models WHERE model_key >= $1 AND dimension <= $2 ORDER BY model_key`

interface OwnerSql {
  readonly next: string
  readonly take: string
  readonly count: string
  readonly fill: string
}

// Ranges of message_embeddings_by_channel and segment_embeddings_by_channel (model_key, channel_id, key). Only rows of one channel are locked
// at a time: a cluster locks no others. Rows that somebody else has locked are passed over, and counted.
const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    next: `
      /* all nodes */ SELECT channel_id AS "channelId", message_key AS key FROM message_embeddings
      WHERE direction IS NULL AND model_key = $1 AND (channel_id, message_key) > ($2::text, $3::bigint)
      ORDER BY channel_id, message_key LIMIT 1`,
    take: `
      SELECT message_key AS key, vector FROM message_embeddings
      WHERE direction IS NULL AND channel_id = $1 AND model_key = $2 AND message_key >= $3
      ORDER BY message_key LIMIT $4 FOR UPDATE SKIP LOCKED`,
    count: `
      SELECT count(*) AS count FROM message_embeddings
      WHERE direction IS NULL AND channel_id = $1 AND model_key = $2 AND message_key BETWEEN $3 AND $4`,
    fill: `
      UPDATE message_embeddings AS embeddings SET direction = filled.direction::vector
      FROM unnest($3::bigint[], $4::text[]) AS filled (message_key, direction)
      WHERE embeddings.channel_id = $1 AND embeddings.model_key = $2 AND embeddings.message_key = filled.message_key`,
  },
  segment: {
    next: `
      /* all nodes */ SELECT channel_id AS "channelId", segment_key AS key FROM segment_embeddings
      WHERE direction IS NULL AND model_key = $1 AND (channel_id, segment_key) > ($2::text, $3::bigint)
      ORDER BY channel_id, segment_key LIMIT 1`,
    take: `
      SELECT segment_key AS key, vector FROM segment_embeddings
      WHERE direction IS NULL AND channel_id = $1 AND model_key = $2 AND segment_key >= $3
      ORDER BY segment_key LIMIT $4 FOR UPDATE SKIP LOCKED`,
    count: `
      SELECT count(*) AS count FROM segment_embeddings
      WHERE direction IS NULL AND channel_id = $1 AND model_key = $2 AND segment_key BETWEEN $3 AND $4`,
    fill: `
      UPDATE segment_embeddings AS embeddings SET direction = filled.direction::vector
      FROM unnest($3::bigint[], $4::text[]) AS filled (segment_key, direction)
      WHERE embeddings.channel_id = $1 AND embeddings.model_key = $2 AND embeddings.segment_key = filled.segment_key`,
  },
}

/** Gives pgvector some vectors that it lacks, behind a place: within a transaction, which keeps their rows from others. */
export async function fillSome(
  session: Session,
  owner: EmbeddingOwner,
  place: FillPlace | undefined,
): Promise<Filled> {
  const models = await session.all<Model>(selectModels, [place?.modelKey ?? 0, maxDimension])
  let room = numbersPerSlice
  let hasSkipped = false
  for (const model of models) {
    const { modelKey, dimension } = model
    let last = place?.modelKey === modelKey ? place : { modelKey, channelId: '', key: 0 }
    for (;;) {
      if (room <= 0) return { next: last, hasSkipped }
      const first = await session.get<{ channelId: string; key: number }>(sqlByOwner[owner].next, [
        modelKey,
        session.id(last.channelId),
        last.key,
      ])
      if (first === undefined) break
      const filled = await fillChannel(session, owner, model, first, Math.ceil(room / dimension))
      room -= numbersPerChannel + filled.count * dimension
      hasSkipped ||= filled.hasSkipped
      last = { modelKey, channelId: first.channelId, key: filled.lastKey }
    }
  }
  return { next: undefined, hasSkipped }
}

/** Of one channel, from a key on; as far as `lastKey`. */
async function fillChannel(
  session: Session,
  owner: EmbeddingOwner,
  { modelKey, dimension }: Model,
  { channelId, key: firstKey }: { readonly channelId: string; readonly key: number },
  limit: number,
): Promise<{ readonly count: number; readonly lastKey: number; readonly hasSkipped: boolean }> {
  const { take, count: countSql, fill } = sqlByOwner[owner]
  const where = [session.id(channelId), modelKey] as const
  const rows = await session.all<{ key: number; vector: Uint8Array }>(take, [...where, firstKey, limit])
  const lastKey = rows.length < limit ? Number.MAX_SAFE_INTEGER : (rows.at(-1)?.key ?? firstKey)
  const counted = await session.get<{ count: number }>(countSql, [...where, firstKey, lastKey])
  const filled = rows.flatMap(({ key, vector }) => {
    // What is damaged is told of by verify, and holds up no others.
    const direction = vector.length === 4 * dimension ? toDirection(vectorOf(vector)) : null
    return direction === null ? [] : [{ key, direction }]
  })
  await session.run(fill, [...where, filled.map(({ key }) => key), filled.map(({ direction }) => direction)])
  return { count: rows.length, lastKey, hasSkipped: (counted?.count ?? 0) > rows.length }
}
