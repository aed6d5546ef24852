import type { EmbeddingOwner } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'

/** Whose vectors of what. */
export interface ModelOwner {
  readonly owner: EmbeddingOwner
  readonly model: string
}

/** How far messages were looked at for vectors of a model. */
export interface EmbeddingPlace {
  readonly placeKey: number
  /** Messages up to this number, in the order of the commits; of segments there is no such place. */
  readonly lastNumber: number
}

/** Of who was skipped: later than every time that a Date can hold. */
export const neverDue = 2 ** 53 - 1

// Seeks the unique key (owner, model).
const selectPlace = `
  SELECT place_key AS "placeKey", last_number AS "lastNumber" FROM embedding_places WHERE owner = $1 AND model = $2`
const lockPlace = `${selectPlace} FOR UPDATE`
const insertPlace = `
  INSERT INTO embedding_places (owner, model, last_number) VALUES ($1, $2, 0) ON CONFLICT (owner, model) DO NOTHING`
const movePlace = `UPDATE embedding_places SET last_number = $2 WHERE place_key = $1`
// The gate of all who write (src/postgres/writer/transaction.ts).
const passGateAlone = `SELECT pg_advisory_xact_lock(7101)`
// Once a model.
const pendBareSegments = `
  /* all nodes */ INSERT INTO pending_embeddings (place_key, owner_key, due_at, lease, is_changed)
  SELECT $1::bigint, segments.segment_key, 0, NULL, false FROM conversation_segments AS segments
  WHERE NOT EXISTS (
    SELECT 1 FROM segment_embeddings AS embeddings
    WHERE embeddings.channel_id = segments.channel_id AND embeddings.segment_key = segments.segment_key
      AND embeddings.model_key = $2
  )`
const selectModelKey = `SELECT model_key AS "modelKey" FROM embedding_models WHERE model = $1`
// One clock for all, wherever they run.
const selectNow = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "nowMs"`

/** Null where there is no vector of it yet. */
export const findModelKey = async (session: Session, model: string): Promise<number | null> =>
  (await session.get<{ modelKey: number }>(selectModelKey, [session.id(model)]))?.modelKey ?? null

export const readNowMs = async (session: Session): Promise<number> =>
  (await session.get<{ nowMs: number }>(selectNow))?.nowMs ?? Date.now()

export const findEmbeddingPlace = (
  session: Session,
  { owner, model }: ModelOwner,
): Promise<EmbeddingPlace | undefined> => session.get(selectPlace, [owner, session.id(model)])

/** Locks the place until the commit, so that nobody else leases meanwhile; before the first message, where nobody has asked before. */
export async function lockEmbeddingPlace(session: Session, asked: ModelOwner): Promise<EmbeddingPlace> {
  const { owner, model } = asked
  const known = await session.get<EmbeddingPlace>(lockPlace, [owner, session.id(model)])
  if (known !== undefined) return known
  // Who writes by now does not know of the place, and leaves no rows for it: so they come to their end before.
  await session.all(passGateAlone)
  const isNew = (await session.run(insertPlace, [owner, session.newId(model)])) > 0
  const place = await session.get<EmbeddingPlace>(lockPlace, [owner, session.id(model)])
  if (place === undefined) throw new TypeError('A place that was made is not there')
  if (isNew && owner === 'segment')
    await session.run(pendBareSegments, [place.placeKey, await findModelKey(session, model)])
  return place
}

export async function moveEmbeddingPlace(
  session: Session,
  placeKey: number,
  lastNumber: number,
): Promise<void> {
  await session.run(movePlace, [placeKey, lastNumber])
}
