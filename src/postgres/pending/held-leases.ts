import type { WireParams } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { findOwners } from '../tables/embedding-owners.js'
import { findEmbeddingPlace, neverDue, readNowMs, type ModelOwner } from './embedding-places.js'

// Seeks the primary key (place_key, owner_key), as does the next one.
const lockHeld = `
  SELECT owner_key AS "ownerKey", is_changed AS "isChanged" FROM pending_embeddings
  WHERE place_key = $1 AND owner_key = ANY ($2::bigint[]) AND lease = $3 ORDER BY owner_key FOR UPDATE`
const release = `
  UPDATE pending_embeddings SET lease = NULL, due_at = CASE WHEN is_changed THEN 0 ELSE $3::bigint END, is_changed = false
  WHERE place_key = $1 AND owner_key = ANY ($2::bigint[])`

/** Another text is none of ours, and holds nothing. */
const leaseOf = (leaseId: string): number => (/^\d{1,15}$/.test(leaseId) ? Number(leaseId) : 0)

/** Gives owners back; says how many of them were held. */
async function releaseHeld(
  session: Session,
  placeKey: number,
  ownerKeys: readonly number[],
  dueAt: number,
): Promise<number> {
  return ownerKeys.length === 0 ? 0 : session.run(release, [placeKey, ownerKeys, dueAt])
}

/** Those whose content is the one that was given out, locked until the commit. What has changed since is pending at once. */
export async function findStillHeld(
  session: Session,
  asked: ModelOwner,
  leaseId: string,
  ownerKeys: readonly number[],
): Promise<Set<number>> {
  const place = await findEmbeddingPlace(session, asked)
  if (place === undefined) return new Set()
  const rows = await session.all<{ ownerKey: number; isChanged: boolean }>(lockHeld, [
    place.placeKey,
    ownerKeys,
    leaseOf(leaseId),
  ])
  const changed = rows.filter(({ isChanged }) => isChanged).map(({ ownerKey }) => ownerKey)
  await releaseHeld(session, place.placeKey, changed, 0)
  return new Set(rows.filter(({ isChanged }) => !isChanged).map(({ ownerKey }) => ownerKey))
}

export async function releaseEmbeddings(
  session: Session,
  { owner, model, leaseId, ownerIds, retryInMs = 0, skip = false }: WireParams<'releaseEmbeddings'>,
): Promise<number> {
  const place = await findEmbeddingPlace(session, { owner, model })
  if (place === undefined) return 0
  const owners = await findOwners(session, owner, ownerIds)
  const keys = [...owners.values()].map(({ key }) => key)
  const rows = await session.all<{ ownerKey: number }>(lockHeld, [place.placeKey, keys, leaseOf(leaseId)])
  const dueAt = skip ? neverDue : (await readNowMs(session)) + retryInMs
  return releaseHeld(
    session,
    place.placeKey,
    rows.map(({ ownerKey }) => ownerKey),
    dueAt,
  )
}
