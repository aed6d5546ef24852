import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { findEmbeddingPlace, findModelKey, neverDue, readNowMs } from './embedding-places.js'

interface OwnerSql {
  readonly total: string
  readonly vectors: string
  readonly withVector: string
}

// The exceptions that have a vector, be it of another content: of each a seek by its key.
const withVector = (table: string, column: string): string => `
  /* all nodes */ SELECT count(*) FILTER (WHERE pending.due_at <> ${neverDue}) AS changed,
    count(*) FILTER (WHERE pending.due_at = ${neverDue}) AS skipped
  FROM pending_embeddings AS pending JOIN ${table} AS embeddings ON embeddings.${column} = pending.owner_key
  WHERE pending.place_key = $1 AND embeddings.model_key = $2`
// Messages are summed from the channels' counters; vectors are counted over the indexes message_embeddings_by_channel and
// segment_embeddings_by_channel, whose first column is the model.
const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    total: `/* all nodes */ SELECT coalesce(sum(message_count), 0)::bigint AS count FROM channels`,
    vectors: `/* all nodes */ SELECT count(*) AS count FROM message_embeddings WHERE model_key = $1`,
    withVector: withVector('message_embeddings', 'message_key'),
  },
  segment: {
    total: `/* all nodes */ SELECT count(*) AS count FROM conversation_segments`,
    vectors: `/* all nodes */ SELECT count(*) AS count FROM segment_embeddings WHERE model_key = $1`,
    withVector: withVector('segment_embeddings', 'segment_key'),
  },
}
// A range of the primary key (place_key, owner_key).
const countExceptions = `
  SELECT count(*) FILTER (WHERE lease IS NOT NULL AND due_at > $2) AS leased,
    count(*) FILTER (WHERE due_at = ${neverDue}) AS skipped
  FROM pending_embeddings WHERE place_key = $1`

/** In the numbers of one snapshot. */
export async function embeddingProgress(
  session: Session,
  { model, owner }: WireParams<'embeddingProgress'>,
): Promise<WireResult<'embeddingProgress'>> {
  const sql = sqlByOwner[owner]
  const count = async (statement: string, values: readonly Value[] = []): Promise<number> =>
    (await session.get<{ count: number }>(statement, values))?.count ?? 0
  const modelKey = await findModelKey(session, model)
  const placeKey = (await findEmbeddingPlace(session, { owner, model }))?.placeKey ?? 0
  const total = await count(sql.total)
  const embedded = await count(sql.vectors, [modelKey])
  const { leased, skipped } = (await session.get<{ leased: number; skipped: number }>(countExceptions, [
    placeKey,
    await readNowMs(session),
  ])) ?? { leased: 0, skipped: 0 }
  const known = (await session.get<{ changed: number; skipped: number }>(sql.withVector, [
    placeKey,
    modelKey,
  ])) ?? { changed: 0, skipped: 0 }
  const pending = Math.max(0, total - embedded - (skipped - known.skipped) + known.changed)
  return { total, embedded, pending, leased, skipped }
}
