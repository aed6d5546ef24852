import { ConvoDbError } from '../../protocol/errors.js'
import type { EmbeddingOwner } from '../../protocol/models.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { fromBytes, toBytes } from '../../protocol/vector.js'
import type { Session } from '../connection/session.js'
import { findStillHeld } from '../pending/held-leases.js'
import { pendBare, settle, type VectorKey } from '../pending/pending-rules.js'
import { directionsOf, toDirection } from './directions.js'
import { findOwners, type OwnerPlace } from './embedding-owners.js'

type EmbeddingWire = WireResult<'getEmbeddings'>[number]
type NewEmbedding = WireParams<'storeEmbeddings'>['embeddings'][number]

interface OwnerSql {
  readonly save: string
  readonly saveWithDirection: string
  readonly saveWithoutDirection: string
  readonly select: string
  readonly remove: string
}

const sqlByOwner: { readonly [Owner in EmbeddingOwner]: OwnerSql } = {
  message: {
    save: `
      INSERT INTO message_embeddings (channel_id, message_key, model_key, vector, created_at)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[])
      ON CONFLICT (message_key, channel_id, model_key) DO UPDATE SET
        vector = excluded.vector, created_at = excluded.created_at`,
    saveWithDirection: `
      INSERT INTO message_embeddings (channel_id, message_key, model_key, vector, created_at, direction)
      SELECT channel_id, message_key, model_key, vector, created_at, direction::vector
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::text[])
        AS saved (channel_id, message_key, model_key, vector, created_at, direction)
      ON CONFLICT (message_key, channel_id, model_key) DO UPDATE SET
        vector = excluded.vector, created_at = excluded.created_at, direction = excluded.direction`,
    saveWithoutDirection: `
      INSERT INTO message_embeddings (channel_id, message_key, model_key, vector, created_at)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[])
      ON CONFLICT (message_key, channel_id, model_key) DO UPDATE SET
        vector = excluded.vector, created_at = excluded.created_at, direction = NULL`,
    select: `
      SELECT message_key AS key, model_key AS "modelKey", vector, created_at AS "createdAt" FROM message_embeddings
      WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[]) AND ($3::bigint IS NULL OR model_key = $3::bigint)
      ORDER BY message_key, model_key`,
    remove: `
      DELETE FROM message_embeddings
      WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[]) AND ($3::bigint IS NULL OR model_key = $3::bigint)
      RETURNING message_key AS "ownerKey", model_key AS "modelKey"`,
  },
  segment: {
    save: `
      INSERT INTO segment_embeddings (channel_id, segment_key, model_key, vector, created_at)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[])
      ON CONFLICT (channel_id, segment_key, model_key) DO UPDATE SET
        vector = excluded.vector, created_at = excluded.created_at`,
    saveWithDirection: `
      INSERT INTO segment_embeddings (channel_id, segment_key, model_key, vector, created_at, direction)
      SELECT channel_id, segment_key, model_key, vector, created_at, direction::vector
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::text[])
        AS saved (channel_id, segment_key, model_key, vector, created_at, direction)
      ON CONFLICT (channel_id, segment_key, model_key) DO UPDATE SET
        vector = excluded.vector, created_at = excluded.created_at, direction = excluded.direction`,
    saveWithoutDirection: `
      INSERT INTO segment_embeddings (channel_id, segment_key, model_key, vector, created_at)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[])
      ON CONFLICT (channel_id, segment_key, model_key) DO UPDATE SET
        vector = excluded.vector, created_at = excluded.created_at, direction = NULL`,
    select: `
      SELECT segment_key AS key, model_key AS "modelKey", vector, created_at AS "createdAt" FROM segment_embeddings
      WHERE segment_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[]) AND ($3::bigint IS NULL OR model_key = $3::bigint)
      ORDER BY segment_key, model_key`,
    remove: `
      DELETE FROM segment_embeddings
      WHERE segment_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[]) AND ($3::bigint IS NULL OR model_key = $3::bigint)
      RETURNING segment_key AS "ownerKey", model_key AS "modelKey"`,
  },
}
const selectModels = `SELECT model_key AS "modelKey", model, dimension FROM embedding_models WHERE $1::text IS NULL OR model = $1::text`
const insertModel = `INSERT INTO embedding_models (model, dimension) VALUES ($1, $2) ON CONFLICT (model) DO NOTHING`

interface Model {
  readonly modelKey: number
  readonly model: string
  readonly dimension: number
}

export const findModel = (session: Session, model: string): Promise<Model | undefined> =>
  session.get<Model>(selectModels, [session.id(model)])

/** The model's key; its first vector fixes the dimension. @throws DIMENSION_MISMATCH */
async function ensureModel(session: Session, model: string, dimension: number): Promise<number> {
  const known = await findModel(session, model)
  if (known === undefined) await session.run(insertModel, [session.newId(model), dimension])
  const row = known ?? (await findModel(session, model))
  if (row === undefined) throw new ConvoDbError('INTERNAL', `Model '${model}' is gone after it was saved`)
  if (row.dimension === dimension) return row.modelKey
  throw new ConvoDbError(
    'DIMENSION_MISMATCH',
    `Model '${model}' has dimension ${row.dimension}, this vector ${dimension}`,
    { model, expected: row.dimension, received: dimension },
  )
}

export async function storeEmbeddings(
  session: Session,
  { embeddings, leaseId }: WireParams<'storeEmbeddings'>,
): Promise<number> {
  const nowMs = Date.now()
  const models = new Map<string, number>()
  const targets = { message: await findTarget('message'), segment: await findTarget('segment') }
  let stored = 0
  for (const embedding of embeddings) {
    const { ownerType, ownerId, model, vector } = embedding
    const { owners, isHeld, rows } = targets[ownerType]
    if (isHeld?.(embedding) === false) continue
    const place = owners.get(ownerId)
    if (place === undefined) throw notFound(ownerType, ownerId)
    const name = `${model} ${vector.length}`
    const modelKey = models.get(name) ?? (await ensureModel(session, model, vector.length))
    models.set(name, modelKey)
    rows.set(`${place.key} ${modelKey}`, [place, modelKey, embedding])
    stored += 1
  }
  await save(session, 'message', [...targets.message.rows.values()], nowMs)
  await save(session, 'segment', [...targets.segment.rows.values()], nowMs)
  return stored

  async function findTarget(owner: EmbeddingOwner) {
    const ofOwner = embeddings.filter(({ ownerType }) => ownerType === owner)
    const ids = ofOwner.map(({ ownerId }) => ownerId)
    const owners = await findOwners(session, owner, ids, { lock: true })
    const isHeld =
      leaseId === undefined ? undefined : await findHolds(session, owner, leaseId, ofOwner, owners)
    // Of several for one owner and model the last one counts; of a lease's the first, which ends it.
    const rows = new Map<string, readonly [OwnerPlace, number, NewEmbedding]>()
    return { owners, isHeld, rows }
  }
}

/** Tells of each embedding, once, whether a lease still holds what it is of. */
async function findHolds(
  session: Session,
  owner: EmbeddingOwner,
  leaseId: string,
  embeddings: readonly NewEmbedding[],
  owners: ReadonlyMap<string, OwnerPlace>,
): Promise<(embedding: NewEmbedding) => boolean> {
  const held = new Map<string, Set<number>>()
  for (const [model, ofModel] of Map.groupBy(embeddings, (embedding) => embedding.model)) {
    const keys = ofModel.flatMap(({ ownerId }) => owners.get(ownerId)?.key ?? [])
    held.set(model, await findStillHeld(session, { owner, model }, leaseId, keys))
  }
  return ({ model, ownerId }) => held.get(model)?.delete(owners.get(ownerId)?.key ?? -1) === true
}

async function save(
  session: Session,
  owner: EmbeddingOwner,
  rows: readonly (readonly [OwnerPlace, number, NewEmbedding])[],
  nowMs: number,
): Promise<void> {
  if (rows.length === 0) return
  const { save: saveAlone, saveWithDirection, saveWithoutDirection } = sqlByOwner[owner]
  const directions = await directionsOf(session)
  const sql = { none: saveAlone, hidden: saveWithoutDirection, usable: saveWithDirection }[directions]
  await session.run(sql, [
    session.ids(rows.map(([{ channelId }]) => channelId)),
    rows.map(([{ key }]) => key),
    rows.map(([, modelKey]) => modelKey),
    rows.map(([, , { vector }]) => `\\x${Buffer.from(toBytes(vector)).toString('hex')}`),
    rows.map(([, , { createdAt }]) => createdAt ?? nowMs),
    ...(directions === 'usable' ? [rows.map(([, , { vector }]) => toDirection(vector))] : []),
  ])
  await settle(
    session,
    owner,
    rows.map(([{ key }, modelKey]) => ({ ownerKey: key, modelKey })),
  )
}

const notFound = (owner: EmbeddingOwner, id: string): ConvoDbError =>
  new ConvoDbError(
    'NOT_FOUND',
    `There is no ${owner} '${id}'`,
    owner === 'message' ? { messageId: id } : { segmentId: id },
  )

/** Makes models known before their first vectors. @throws DIMENSION_MISMATCH */
export async function importModels(
  session: Session,
  { models }: WireParams<'importModels'>,
): Promise<number> {
  for (const { model, dimension } of models) await ensureModel(session, model, dimension)
  return models.length
}

export async function getEmbeddings(
  session: Session,
  { ownerType, ownerIds, model }: WireParams<'getEmbeddings'>,
): Promise<EmbeddingWire[]> {
  const models = await session.all<Model>(selectModels, [model === undefined ? null : session.id(model)])
  const byModelKey = new Map(models.map((row) => [row.modelKey, row]))
  const owners = await findOwners(session, ownerType, ownerIds)
  if (models.length === 0 || owners.size === 0) return []
  const rows = await session.all<{ key: number; modelKey: number; vector: Uint8Array; createdAt: number }>(
    sqlByOwner[ownerType].select,
    [...boundOf(session, owners), model === undefined ? null : (models[0]?.modelKey ?? -1)],
  )
  const byOwner = Map.groupBy(rows, ({ key }) => key)
  return ownerIds.flatMap((ownerId) =>
    (byOwner.get(owners.get(ownerId)?.key ?? -1) ?? []).flatMap(({ modelKey, vector, createdAt }) => {
      const found = byModelKey.get(modelKey)
      if (found === undefined) return []
      return [
        {
          ownerType,
          ownerId,
          model: found.model,
          dimension: found.dimension,
          vector: fromBytes(vector),
          createdAt,
        },
      ]
    }),
  )
}

const boundOf = (session: Session, owners: ReadonlyMap<string, OwnerPlace>) =>
  [
    [...owners.values()].map(({ key }) => key),
    session.ids([...new Set([...owners.values()].map(({ channelId }) => channelId))]),
  ] as const

export async function deleteEmbeddings(
  session: Session,
  { ownerType, ownerIds, model }: WireParams<'deleteEmbeddings'>,
): Promise<number> {
  const found = model === undefined ? undefined : await findModel(session, model)
  if (model !== undefined && found === undefined) return 0
  const owners = await findOwners(session, ownerType, ownerIds, { lock: true })
  if (owners.size === 0) return 0
  const { remove } = sqlByOwner[ownerType]
  const gone = await session.all<VectorKey>(remove, [...boundOf(session, owners), found?.modelKey ?? null])
  await pendBare(session, ownerType, gone)
  return gone.length
}
