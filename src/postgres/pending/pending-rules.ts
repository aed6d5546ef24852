import type { EmbeddingOwner } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'

/*
 * What is pending follows from messages, segments and vectors (docs/decisions/0043-pending-embeddings.md). There are no triggers here: whoever
 * changes those calls these functions, in the same transaction. A row is made whether or not its owner was looked at yet: where a message is in
 * the order of the commits nobody knows by its key, and whoever looks passes over what has a row. All lock rows in one order.
 */

// Of the models that somebody has asked for, each a seek of the primary key (place_key, owner_key), as all below.
const pendChangedRows = `
  INSERT INTO pending_embeddings AS pending (place_key, owner_key, due_at, lease, is_changed)
  SELECT places.place_key, given.owner_key, 0, NULL, false
  FROM embedding_places AS places CROSS JOIN (SELECT DISTINCT unnest($2::bigint[])) AS given (owner_key)
  WHERE places.owner = $1 ORDER BY places.place_key, given.owner_key
  ON CONFLICT (place_key, owner_key) DO UPDATE SET
    due_at = CASE WHEN pending.lease IS NULL THEN 0 ELSE pending.due_at END, is_changed = pending.lease IS NOT NULL`
const pendBareRows = `
  INSERT INTO pending_embeddings (place_key, owner_key, due_at, lease, is_changed)
  SELECT places.place_key, given.owner_key, 0, NULL, false
  FROM unnest($2::bigint[], $3::bigint[]) AS given (owner_key, model_key)
  JOIN embedding_models AS models ON models.model_key = given.model_key
  JOIN embedding_places AS places ON places.owner = $1 AND places.model = models.model
  ORDER BY places.place_key, given.owner_key
  ON CONFLICT (place_key, owner_key) DO NOTHING`
const lockRows = `
  SELECT pending.place_key AS "placeKey", pending.owner_key AS "ownerKey", pending.is_changed AS "isChanged"
  FROM unnest($2::bigint[], $3::bigint[]) AS given (owner_key, model_key)
  JOIN embedding_models AS models ON models.model_key = given.model_key
  JOIN embedding_places AS places ON places.owner = $1 AND places.model = models.model
  JOIN pending_embeddings AS pending ON pending.place_key = places.place_key AND pending.owner_key = given.owner_key
  ORDER BY pending.place_key, pending.owner_key FOR UPDATE OF pending`
const deleteRows = `
  DELETE FROM pending_embeddings AS pending USING unnest($1::bigint[], $2::bigint[]) AS given (place_key, owner_key)
  WHERE pending.place_key = given.place_key AND pending.owner_key = given.owner_key`
const freeRows = `
  UPDATE pending_embeddings AS pending SET due_at = 0, lease = NULL, is_changed = false
  FROM unnest($1::bigint[], $2::bigint[]) AS given (place_key, owner_key)
  WHERE pending.place_key = given.place_key AND pending.owner_key = given.owner_key`
const lockRowsOf = `
  SELECT pending.place_key AS "placeKey", pending.owner_key AS "ownerKey"
  FROM embedding_places AS places JOIN pending_embeddings AS pending ON pending.place_key = places.place_key
  WHERE places.owner = $1 AND pending.owner_key = ANY ($2::bigint[])
  ORDER BY pending.place_key, pending.owner_key FOR UPDATE OF pending`
// Whoever changes a summary waits, and so does this for whoever is at it: the text is that of the members, or is not, until the commit.
const lockSegments = `
  SELECT segment_key AS "segmentKey", coalesce(summary, '') = '' AS "speaksByMembers" FROM conversation_segments
  WHERE channel_id = $1 AND segment_key = ANY ($2::bigint[]) ORDER BY segment_key FOR SHARE`
const selectSegments = `
  SELECT DISTINCT channel_id AS "channelId", segment_key AS "segmentKey" FROM segment_messages
  WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
// Whether somebody has asked for segments. Seeks the unique key (owner, model).
const selectSegmentPlace = `SELECT 1 FROM embedding_places WHERE owner = 'segment' LIMIT 1`

/** A vector's owner and its model. */
export interface VectorKey {
  readonly ownerKey: number
  readonly modelKey: number
}

interface PendingRow {
  readonly placeKey: number
  readonly ownerKey: number
}

/** Where a segment is. */
interface SegmentKey {
  readonly channelId: string
  readonly segmentKey: number
}

const pairsOf = (rows: readonly PendingRow[]) => [
  rows.map(({ placeKey }) => placeKey),
  rows.map(({ ownerKey }) => ownerKey),
]

const vectorsOf = (owner: EmbeddingOwner, vectors: readonly VectorKey[]) => [
  owner,
  vectors.map(({ ownerKey }) => ownerKey),
  vectors.map(({ modelKey }) => modelKey),
]

/** Their texts are others, or are new: pending anew, once whoever has them now has stored what they make of them. */
export async function pendChanged(
  session: Session,
  owner: EmbeddingOwner,
  ownerKeys: readonly number[],
): Promise<void> {
  if (ownerKeys.length > 0) await session.run(pendChangedRows, [owner, ownerKeys])
}

/** Their members are others, or say other things: those without a summary have other texts. */
export async function pendByMembers(session: Session, segments: readonly SegmentKey[]): Promise<void> {
  const byChannel = Map.groupBy(segments, ({ channelId }) => channelId)
  for (const [channelId, found] of [...byChannel].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const keys = found.map(({ segmentKey }) => segmentKey)
    const locked = await session.all<{ segmentKey: number; speaksByMembers: boolean }>(lockSegments, [
      session.id(channelId),
      keys,
    ])
    const changed = locked.filter(({ speaksByMembers }) => speaksByMembers)
    await pendChanged(
      session,
      'segment',
      changed.map(({ segmentKey }) => segmentKey),
    )
  }
}

/** Messages, whose places are locked, say other things; and with them the segments that they are in. */
export async function pendMessages(
  session: Session,
  messages: readonly { readonly channelId: string; readonly messageKey: number }[],
): Promise<void> {
  if (messages.length === 0) return
  const keys = messages.map(({ messageKey }) => messageKey)
  await pendChanged(session, 'message', keys)
  if ((await session.get(selectSegmentPlace)) === undefined) return
  const channels = session.ids([...new Set(messages.map(({ channelId }) => channelId))])
  await pendByMembers(session, await session.all<SegmentKey>(selectSegments, [keys, channels]))
}

/** Their vectors are gone, and they are not. */
export async function pendBare(
  session: Session,
  owner: EmbeddingOwner,
  vectors: readonly VectorKey[],
): Promise<void> {
  if (vectors.length > 0) await session.run(pendBareRows, vectorsOf(owner, vectors))
}

/** Vectors were stored, by whomever: nothing is pending, unless the content has changed since it was asked for. */
export async function settle(
  session: Session,
  owner: EmbeddingOwner,
  vectors: readonly VectorKey[],
): Promise<void> {
  if (vectors.length === 0) return
  const rows = await session.all<PendingRow & { isChanged: boolean }>(lockRows, vectorsOf(owner, vectors))
  const settled = rows.filter(({ isChanged }) => !isChanged)
  const changed = rows.filter(({ isChanged }) => isChanged)
  if (settled.length > 0) await session.run(deleteRows, pairsOf(settled))
  if (changed.length > 0) await session.run(freeRows, pairsOf(changed))
}

/** They are gone. */
export async function dropPending(
  session: Session,
  owner: EmbeddingOwner,
  ownerKeys: readonly number[],
): Promise<void> {
  if (ownerKeys.length === 0) return
  const rows = await session.all<PendingRow>(lockRowsOf, [owner, ownerKeys])
  if (rows.length > 0) await session.run(deleteRows, pairsOf(rows))
}
