import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { dropPending } from '../pending/pending-rules.js'
import { gatherPage } from '../reading/paging.js'
import { forgetAnswers } from './idempotency-keys.js'

type ChannelRow = NonNullable<WireResult<'getChannel'>>
type KeyedChannel = ChannelRow & { readonly channelKey: number }

const columns = `
  channel_id AS "channelId", name, metadata, created_at AS "createdAt", last_active AS "lastActive",
  message_count AS "messageCount"`
const selectChannel = `SELECT ${columns} FROM channels WHERE channel_id = $1`
// By key, which is the order in which channels came into being; seeks channels_by_key.
const selectPage = {
  desc: `
    /* all nodes */ SELECT ${columns}, channel_key AS "channelKey" FROM channels
    WHERE channel_key < $1 AND ($3::text[] IS NULL OR channel_id = ANY ($3::text[])) ORDER BY channel_key DESC LIMIT $2`,
  asc: `
    /* all nodes */ SELECT ${columns}, channel_key AS "channelKey" FROM channels
    WHERE channel_key > $1 AND ($3::text[] IS NULL OR channel_id = ANY ($3::text[])) ORDER BY channel_key ASC LIMIT $2`,
}
const upsert = `
  INSERT INTO channels AS channel (channel_id, name, metadata, created_at, last_active)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (channel_id) DO UPDATE SET
    name = CASE WHEN $6::boolean THEN excluded.name ELSE channel.name END,
    metadata = CASE WHEN $7::boolean THEN excluded.metadata ELSE channel.metadata END,
    created_at = CASE WHEN $8::boolean THEN excluded.created_at ELSE channel.created_at END,
    last_active = greatest(channel.last_active, excluded.last_active)
  RETURNING ${columns}`
const insertMissing = `
  INSERT INTO channels (channel_id, created_at) VALUES ($1, $2) ON CONFLICT (channel_id) DO NOTHING`
const deleteRow = `DELETE FROM channels WHERE channel_id = $1`
const deleteSegments = `DELETE FROM conversation_segments WHERE channel_id = $1 RETURNING segment_id AS "segmentId", segment_key AS "segmentKey"`
const deleteSegmentPlaces = `DELETE FROM segment_places WHERE segment_id = ANY ($1::text[])`
const deleteSomeMessages = `
  DELETE FROM messages WHERE channel_id = $1 AND message_key IN (
    SELECT message_key FROM messages WHERE channel_id = $1 ORDER BY timestamp, message_key LIMIT 10000
  )
  RETURNING message_id AS "messageId", message_key AS "messageKey", user_id AS "userId"`
const deletePlaces = `DELETE FROM message_places WHERE message_id = ANY ($1::text[])`

/** A channel comes into being with the first segment that names it, too. @throws FORBIDDEN */
export async function ensureChannel(session: Session, channelId: string, createdAt: number): Promise<void> {
  session.scope.assertHas(channelId)
  await session.run(insertMissing, [session.newId(channelId), createdAt])
}

export async function upsertChannel(
  session: Session,
  { channelId, name, metadata, createdAt, lastActive }: WireParams<'upsertChannel'>,
): Promise<ChannelRow> {
  session.scope.assertHas(channelId)
  const [row] = await session.all<ChannelRow>(upsert, [
    session.newId(channelId),
    name ?? null,
    metadata ?? null,
    createdAt ?? Date.now(),
    lastActive ?? null,
    name !== undefined,
    metadata !== undefined,
    createdAt !== undefined,
  ])
  if (row === undefined) throw new TypeError('An upsert gave no row')
  session.changes.add({ kind: 'channelUpdated', channelId })
  return row
}

export async function getChannel(
  session: Session,
  { channelId }: WireParams<'getChannel'>,
): Promise<ChannelRow | undefined> {
  if (!session.scope.has(channelId)) return undefined
  return session.get<ChannelRow>(selectChannel, [session.id(channelId)])
}

export async function listChannels(
  session: Session,
  { limit = defaultLimit, order = 'desc', cursor }: WireParams<'listChannels'>,
): Promise<WireResult<'listChannels'>> {
  const start = order === 'desc' ? Number.MAX_SAFE_INTEGER : 0
  const from = cursor === undefined ? start : decodeCursor(cursor).key
  const own = session.scope.isHeld ? session.ids(session.scope.channelIds) : null
  const { rows, last } = await gatherPage<KeyedChannel>({
    limit,
    find: (previous, count) => session.all(selectPage[order], [previous?.channelKey ?? from, count, own]),
    lengthOf: ({ name, metadata }) => (name?.length ?? 0) + (metadata?.length ?? 0),
  })
  return {
    items: rows.map(withoutKey),
    nextCursor: last === undefined ? null : encodeCursor({ value: 0, key: last.channelKey }),
  }
}

/** With all that is in it. The row goes first: whoever stores into the channel meanwhile waits, and then makes it anew. */
export async function deleteChannel(
  session: Session,
  { channelId }: WireParams<'deleteChannel'>,
): Promise<boolean> {
  if (!session.scope.has(channelId)) return false
  const id = session.id(channelId)
  if ((await session.run(deleteRow, [id])) === 0) return false
  session.changes.add({ kind: 'channelDeleted', channelId })
  const segments = await session.all<{ segmentId: string; segmentKey: number }>(deleteSegments, [id])
  await session.run(deleteSegmentPlaces, [session.ids(segments.map(({ segmentId }) => segmentId))])
  await dropPending(
    session,
    'segment',
    segments.map(({ segmentKey }) => segmentKey),
  )
  for (;;) {
    const gone = await session.all<{ messageId: string; messageKey: number; userId: string }>(
      deleteSomeMessages,
      [id],
    )
    if (gone.length === 0) break
    await session.run(deletePlaces, [session.ids(gone.map(({ messageId }) => messageId))])
    await dropPending(
      session,
      'message',
      gone.map(({ messageKey }) => messageKey),
    )
    for (const { userId } of gone) session.counters.removeOfUser(userId)
  }
  await forgetAnswers(session)
  return true
}

function withoutKey(channel: KeyedChannel): ChannelRow {
  const { channelKey: _, ...row } = channel
  return row
}
