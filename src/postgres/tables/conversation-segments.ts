import { ConvoDbError } from '../../protocol/errors.js'
import { afterAllTime, beforeAllTime, decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { fromBytes, toBytes } from '../../protocol/vector.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { dropPending, pendChanged } from '../pending/pending-rules.js'
import { gatherPage } from '../reading/paging.js'
import { startOf } from './channel-messages.js'
import { ensureChannel } from './channels.js'
import { forgetAnswers } from './idempotency-keys.js'
import { taken } from './message-values.js'
import { findSegment, findSegments, type SegmentPlace } from './segment-places.js'

type Segment = NonNullable<WireResult<'getConversationSegment'>>
type NewSegment = WireParams<'createConversationSegment'>
interface SegmentRow extends Omit<Segment, 'vector'> {
  readonly vector: Uint8Array | null
  readonly segmentKey: number
}

// The channel is named in every part.
const select = `
  SELECT
    segments.segment_key AS "segmentKey", segments.segment_id AS "segmentId", segments.channel_id AS "channelId",
    segments.start_time AS "startTime", segments.end_time AS "endTime",
    (
      SELECT count(*) FROM segment_messages AS members
      WHERE members.channel_id = $1 AND members.segment_key = segments.segment_key
    ) AS "messageCount",
    segments.summary, segments.coherence_score AS "coherenceScore", segments.activity_level AS "activityLevel",
    segments.vector, segments.metadata
  FROM conversation_segments AS segments WHERE segments.channel_id = $1`
const selectByKey = `${select} AND segments.segment_key = $2`
// Ranges of conversation_segments_by_time (channel_id, start_time, segment_key).
const listing = (filter: string) => ({
  desc: `
    ${select} ${filter} AND (segments.start_time, segments.segment_key) < ($2::bigint, $3::bigint) AND segments.start_time > $4
    ORDER BY segments.start_time DESC, segments.segment_key DESC LIMIT $5`,
  asc: `
    ${select} ${filter} AND (segments.start_time, segments.segment_key) > ($2::bigint, $3::bigint) AND segments.start_time < $4
    ORDER BY segments.start_time ASC, segments.segment_key ASC LIMIT $5`,
})
const inChannel = listing('')
const overlapping = listing('AND segments.end_time >= $6')
const insertPlace = `
  INSERT INTO segment_places (segment_id, channel_id, segment_key) VALUES ($1, $2, nextval('segment_keys'))
  ON CONFLICT (segment_id) DO NOTHING RETURNING segment_key AS "segmentKey"`
const insertRow = `
  INSERT INTO conversation_segments (
    channel_id, segment_key, start_time, end_time, summary, coherence_score, activity_level, vector, metadata, segment_id
  ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
const updateRow = `
  UPDATE conversation_segments SET
    start_time = $3, end_time = $4, summary = $5, coherence_score = $6, activity_level = $7, vector = $8, metadata = $9
  WHERE channel_id = $1 AND segment_key = $2`
const selectOtherSummary = `
  SELECT 1 FROM conversation_segments
  WHERE channel_id = $1 AND segment_key = $2 AND coalesce(summary, '') <> coalesce($3, '')`
const deletePlace = `
  DELETE FROM segment_places WHERE segment_id = $1 AND channel_id = $2 RETURNING segment_key AS "segmentKey"`
const deleteRow = `DELETE FROM conversation_segments WHERE channel_id = $1 AND segment_key = $2`

function assertOrdered(startTime: number, endTime: number): void {
  if (startTime <= endTime) return
  throw new ConvoDbError('INVALID_ARGUMENT', 'endTime must not be before startTime', { field: 'endTime' })
}

function toSegment(found: SegmentRow): Segment {
  const { segmentKey: _, vector, ...row } = found
  return { ...row, vector: vector === null ? null : fromBytes(vector) }
}

/** In the order of the statements, behind channel and key. */
const valuesOf = (segment: NewSegment): Value[] => [
  segment.startTime,
  segment.endTime,
  segment.summary ?? null,
  segment.coherenceScore ?? null,
  segment.activityLevel ?? null,
  segment.vector == null ? null : toBytes(segment.vector),
  segment.metadata ?? null,
]

/** Undefined where there is a segment of this id already. Its channel is there. */
export async function insertSegment(
  session: Session,
  segment: NewSegment,
): Promise<SegmentPlace | undefined> {
  const { segmentId, channelId } = segment
  const [channel, id] = [session.newId(channelId), session.newId(segmentId)]
  const inserted = await session.get<{ segmentKey: number }>(insertPlace, [id, channel])
  if (inserted === undefined) return undefined
  const { segmentKey } = inserted
  await session.run(insertRow, [channel, segmentKey, ...valuesOf(segment), id])
  await pendChanged(session, 'segment', [segmentKey])
  session.changes.add({ kind: 'segmentStored', segmentId, channelId })
  return { segmentId, channelId, segmentKey }
}

/** Inserts the row or, as `onConflict` says, changes the one that is there. Gives its place, where it wrote. */
export async function saveSegment(session: Session, segment: NewSegment): Promise<SegmentPlace | undefined> {
  const { segmentId, channelId, startTime, endTime, onConflict = 'error' } = segment
  assertOrdered(startTime, endTime)
  // Before its channel comes into being: a segment that is ignored leaves nothing behind.
  if (onConflict === 'ignore' && (await findSegment(session, segmentId)) !== undefined) return undefined
  await ensureChannel(session, channelId, startTime)
  const inserted = await insertSegment(session, segment)
  if (inserted !== undefined) return inserted
  const channel = session.id(channelId)
  const place = (await findSegments(session, [segmentId], { lock: true })).get(segmentId)
  if (place === undefined) throw taken({ segmentId })
  if (onConflict === 'error') {
    throw new ConvoDbError('ALREADY_EXISTS', `Segment '${segmentId}' already exists`, { segmentId })
  }
  if (place.channelId !== channelId) {
    throw new ConvoDbError(
      'CONFLICT',
      `Segment '${segmentId}' belongs to another channel than '${channelId}'`,
      {
        segmentId,
        channelId,
      },
    )
  }
  const summary = [channel, place.segmentKey, segment.summary ?? null]
  const isOther = (await session.get(selectOtherSummary, summary)) !== undefined
  await session.run(updateRow, [channel, place.segmentKey, ...valuesOf(segment)])
  if (isOther) await pendChanged(session, 'segment', [place.segmentKey])
  session.changes.add({ kind: 'segmentUpdated', segmentId, channelId })
  await forgetAnswers(session)
  return place
}

export async function createConversationSegment(session: Session, segment: NewSegment): Promise<Segment> {
  await saveSegment(session, segment)
  return requireStored(session, segment.segmentId)
}

export async function getConversationSegment(
  session: Session,
  { segmentId }: WireParams<'getConversationSegment'>,
): Promise<Segment | undefined> {
  const place = await findSegment(session, segmentId)
  if (place === undefined) return undefined
  const row = await session.get<SegmentRow>(selectByKey, [session.id(place.channelId), place.segmentKey])
  return row && toSegment(row)
}

/** By key, those that are there. */
export async function loadSegments(
  session: Session,
  places: readonly { readonly channelId: string; readonly segmentKey: number }[],
): Promise<Map<number, Segment>> {
  const found = new Map<number, Segment>()
  for (const { channelId, segmentKey } of places) {
    const row = await session.get<SegmentRow>(selectByKey, [session.id(channelId), segmentKey])
    if (row !== undefined) found.set(segmentKey, toSegment(row))
  }
  return found
}

/** @throws NOT_FOUND */
export async function requireStored(session: Session, segmentId: string): Promise<Segment> {
  const segment = await getConversationSegment(session, { segmentId })
  if (segment !== undefined) return segment
  throw new ConvoDbError('NOT_FOUND', `There is no segment '${segmentId}'`, { segmentId })
}

type Page = Omit<WireParams<'getConversationSegments'>, 'channelId'>

async function readPage(
  session: Session,
  channelId: string,
  { limit = defaultLimit, order = 'desc', cursor, before, after }: Page,
  overlapStart?: number,
): Promise<WireResult<'getConversationSegments'>> {
  if (!session.scope.has(channelId)) return { items: [], nextCursor: null }
  const start = cursor === undefined ? startOf(order, { before, after }) : decodeCursor(cursor)
  const end = order === 'desc' ? (after ?? beforeAllTime) : (before ?? afterAllTime)
  const sql = (overlapStart === undefined ? inChannel : overlapping)[order]
  const extra = overlapStart === undefined ? [] : [overlapStart]
  const { rows, last } = await gatherPage<SegmentRow>({
    limit,
    find: (previous, count) => {
      const { value, key } =
        previous === undefined ? start : { value: previous.startTime, key: previous.segmentKey }
      return session.all(sql, [session.id(channelId), value, key, end, count, ...extra])
    },
    lengthOf: ({ vector, summary, metadata }) =>
      (vector?.length ?? 0) / 2 + (summary?.length ?? 0) + (metadata?.length ?? 0),
  })
  return {
    items: rows.map(toSegment),
    nextCursor: last === undefined ? null : encodeCursor({ value: last.startTime, key: last.segmentKey }),
  }
}

export const getConversationSegments = (
  session: Session,
  { channelId, ...page }: WireParams<'getConversationSegments'>,
): Promise<WireResult<'getConversationSegments'>> => readPage(session, channelId, page)

export async function getOverlappingSegments(
  session: Session,
  { channelId, startTime, endTime, ...page }: WireParams<'getOverlappingSegments'>,
): Promise<WireResult<'getOverlappingSegments'>> {
  assertOrdered(startTime, endTime)
  // A segment that starts in the range's last millisecond still overlaps it.
  return readPage(session, channelId, { ...page, before: endTime + 1 }, startTime)
}

export async function updateConversationSegment(
  session: Session,
  { segmentId, ...changes }: WireParams<'updateConversationSegment'>,
): Promise<Segment> {
  await findSegments(session, [segmentId], { lock: true })
  const { channelId, ...current } = await requireStored(session, segmentId)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  await saveSegment(session, { ...current, ...given, segmentId, channelId, onConflict: 'update' })
  return requireStored(session, segmentId)
}

export async function deleteConversationSegment(
  session: Session,
  { segmentId }: WireParams<'deleteConversationSegment'>,
): Promise<boolean> {
  const place = await findSegment(session, segmentId)
  if (place === undefined) return false
  const channel = session.id(place.channelId)
  const [gone] = await session.all<{ segmentKey: number }>(deletePlace, [session.id(segmentId), channel])
  if (gone === undefined) return false
  await session.run(deleteRow, [channel, gone.segmentKey])
  await dropPending(session, 'segment', [gone.segmentKey])
  session.changes.add({ kind: 'segmentDeleted', segmentId, channelId: place.channelId })
  await forgetAnswers(session)
  return true
}
