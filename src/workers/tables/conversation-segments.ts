import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import { fromBytes, toBytes } from '../../protocol/vector.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import type { Place } from '../../protocol/cursors.js'
import { isWhole } from '../connection/row-checks.js'
import { readPage, readStretch, type KeysetSql, type Listing } from '../reading/paging.js'
import { answerItemsPage } from '../reading/pack-answer.js'
import { ensureChannel, findChannelKey, isVisible } from './channels.js'
import { taken } from './messages.js'

type Segment = NonNullable<WireResult<'getConversationSegment'>>
type SegmentRow = Omit<Segment, 'vector'> & { readonly vector: Uint8Array | null }
type NewSegment = WireParams<'createConversationSegment'>

const selectSegments = `
  SELECT
    segments.segment_id AS segmentId, channels.channel_id AS channelId, segments.start_time AS startTime,
    segments.end_time AS endTime, segments.message_count AS messageCount, segments.summary,
    segments.coherence_score AS coherenceScore, segments.activity_level AS activityLevel, segments.vector,
    segments.metadata
  FROM conversation_segments AS segments
  CROSS JOIN main.channels ON channels.channel_key = segments.channel_key`
const selectById = `${selectSegments} WHERE segments.segment_id = ?`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const checkById = `
  SELECT 1 FROM conversation_segments WHERE segment_id = ? AND ${isWhole('conversation_segments')}`
const selectByKey = `${selectSegments} WHERE segments.segment_key = ?`
const selectKeys = `
  SELECT segment_key AS segmentKey, channel_key AS channelKey, start_time AS startTime
  FROM main.conversation_segments WHERE segment_id = ?`
const selectIds = `
  SELECT segments.segment_id AS segmentId, channels.channel_id AS channelId
  FROM main.conversation_segments AS segments
  CROSS JOIN main.channels ON channels.channel_key = segments.channel_key
  WHERE segments.segment_key = ?`

// All of these seek conversation_segments_by_channel (channel_key, start_time, segment_key). The rows follow one by one:
// each may hold megabytes.
const selectPlaces = `
  SELECT segments.start_time AS value, segments.segment_key AS key FROM main.conversation_segments AS segments`
const sameTimeDescending = `${selectPlaces}
  WHERE segments.channel_key = :channelKey AND segments.start_time = :time AND segments.segment_key < :key`
const beyondDescending = `${selectPlaces}
  WHERE segments.channel_key = :channelKey AND segments.start_time < :time AND segments.start_time > :end`
const sameTimeAscending = `${selectPlaces}
  WHERE segments.channel_key = :channelKey AND segments.start_time = :time AND segments.segment_key > :key`
const beyondAscending = `${selectPlaces}
  WHERE segments.channel_key = :channelKey AND segments.start_time > :time AND segments.start_time < :end`
const descending = `ORDER BY segments.start_time DESC, segments.segment_key DESC LIMIT :limit`
const ascending = `ORDER BY segments.start_time ASC, segments.segment_key ASC LIMIT :limit`
const overlaps = `AND segments.end_time >= :overlapStart`

const listingOf = (sql: KeysetSql): Listing<Place, Segment> => ({
  read: (connection, order, stretch) =>
    readStretch(sql, order, stretch, (query, params) => connection.all<Place>(query, params)),
  placeOf: (_, place) => place,
  load: loadSegment,
  lengthOf: ({ vector, summary, metadata }) =>
    2 * (vector?.length ?? 0) + (summary?.length ?? 0) + (metadata?.length ?? 0),
})
const listing = listingOf({
  desc: {
    sameTime: `${sameTimeDescending} ${descending}`,
    beyond: `${beyondDescending} ${descending}`,
  },
  asc: {
    sameTime: `${sameTimeAscending} ${ascending}`,
    beyond: `${beyondAscending} ${ascending}`,
  },
})
const overlapListing = listingOf({
  desc: {
    sameTime: `${sameTimeDescending} ${overlaps} ${descending}`,
    beyond: `${beyondDescending} ${overlaps} ${descending}`,
  },
  asc: {
    sameTime: `${sameTimeAscending} ${overlaps} ${ascending}`,
    beyond: `${beyondAscending} ${overlaps} ${ascending}`,
  },
})

const insertSegment = `
  INSERT INTO conversation_segments (
    segment_id, channel_key, start_time, end_time, summary, coherence_score, activity_level, vector, metadata
  ) VALUES (
    :segmentId, :channelKey, :startTime, :endTime, :summary, :coherenceScore, :activityLevel, :vector, :metadata
  ) ON CONFLICT (segment_id) DO NOTHING`
const updateRow = `
  UPDATE conversation_segments SET
    start_time = :startTime, end_time = :endTime, summary = :summary, coherence_score = :coherenceScore,
    activity_level = :activityLevel, vector = :vector, metadata = :metadata
  WHERE segment_id = :segmentId`
// Members and embeddings go along: foreign keys cascade.
const deleteRow = `DELETE FROM conversation_segments WHERE segment_id = ?`

interface SegmentPlace {
  readonly segmentKey: number
  readonly channelKey: number
  readonly startTime: number
}

export function findSegment(connection: ReadConnection, segmentId: string): SegmentPlace | undefined {
  const place = connection.get<SegmentPlace>(selectKeys, [segmentId])
  return place !== undefined && isVisible(connection, place.channelKey) ? place : undefined
}

/** Whether whoever asks is held to some channels, and there is no such segment in them. */
export const isSegmentHidden = (connection: ReadConnection, segmentId: string): boolean =>
  connection.scope.isHeld && findSegment(connection, segmentId) === undefined

/** The ids of a segment and of its channel. */
export const findSegmentIds = (
  connection: ReadConnection,
  segmentKey: number,
): Pick<Segment, 'segmentId' | 'channelId'> | undefined =>
  connection.get<Pick<Segment, 'segmentId' | 'channelId'>>(selectIds, [segmentKey])

/** @throws NOT_FOUND */
export function requireSegment(connection: ReadConnection, segmentId: string): SegmentPlace {
  const keys = findSegment(connection, segmentId)
  if (keys === undefined) {
    throw new ConvoDbError('NOT_FOUND', `There is no segment '${segmentId}'`, { segmentId })
  }
  return keys
}

const toSegment = ({ vector, ...row }: SegmentRow): Segment => ({
  ...row,
  vector: vector === null ? null : fromBytes(vector),
})

function loadSegment(connection: ReadConnection, { key }: Place): Segment {
  return loadSegmentByKey(connection, key)
}

/** A segment by its key, which was found in the same snapshot. */
export function loadSegmentByKey(connection: ReadConnection, key: number): Segment {
  const row = connection.get<SegmentRow>(selectByKey, [key])
  if (row === undefined) throw new ConvoDbError('INTERNAL', `The segment ${key} is gone from its snapshot`)
  return toSegment(row)
}

/** @throws NOT_FOUND */
export function requireStored(connection: ReadConnection, segmentId: string): Segment {
  const segment = getConversationSegment(connection, { segmentId })
  if (segment !== undefined) return segment
  throw new ConvoDbError('NOT_FOUND', `There is no segment '${segmentId}'`, { segmentId })
}

function assertOrdered(startTime: number, endTime: number): void {
  if (startTime <= endTime) return
  throw new ConvoDbError('INVALID_ARGUMENT', 'endTime must not be before startTime', { field: 'endTime' })
}

/** Inserts the row or, as `onConflict` says, changes the one that is there. Returns whether it wrote. */
export function saveSegment(connection: WriteConnection, segment: NewSegment): boolean {
  const { segmentId, channelId, startTime, endTime, onConflict = 'error' } = segment
  assertOrdered(startTime, endTime)
  // Before its channel comes into being: a segment that is ignored leaves nothing behind.
  if (onConflict === 'ignore' && findSegment(connection, segmentId) !== undefined) return false
  const channelKey = ensureChannel(connection, channelId, startTime)
  const row = {
    segmentId,
    startTime,
    endTime,
    summary: segment.summary ?? null,
    coherenceScore: segment.coherenceScore ?? null,
    activityLevel: segment.activityLevel ?? null,
    vector: segment.vector == null ? null : toBytes(segment.vector),
    metadata: segment.metadata ?? null,
  }
  if (connection.run(insertSegment, { ...row, channelKey }) > 0) return true
  if (isSegmentHidden(connection, segmentId)) throw taken({ segmentId })
  if (onConflict === 'error') {
    throw new ConvoDbError('ALREADY_EXISTS', `Segment '${segmentId}' already exists`, { segmentId })
  }
  if (requireSegment(connection, segmentId).channelKey !== channelKey) {
    throw new ConvoDbError(
      'CONFLICT',
      `Segment '${segmentId}' belongs to another channel than '${channelId}'`,
      {
        segmentId,
        channelId,
      },
    )
  }
  connection.run(updateRow, row)
  return true
}

export function createConversationSegment(
  connection: WriteConnection,
  segment: WireParams<'createConversationSegment'>,
): Segment {
  saveSegment(connection, segment)
  return requireStored(connection, segment.segmentId)
}

export function getConversationSegment(
  connection: ReadConnection,
  { segmentId }: WireParams<'getConversationSegment'>,
): Segment | undefined {
  const row = connection.get<SegmentRow>(selectById, [segmentId])
  return row && connection.scope.has(row.channelId) ? toSegment(row) : undefined
}

export function getConversationSegments(
  connection: ReadConnection,
  { channelId, ...page }: WireParams<'getConversationSegments'>,
): WireResult<'getConversationSegments'> | Packed {
  const { items, nextCursor } = readPage(connection, listing, findChannelKey(connection, channelId), page)
  return answerItemsPage(items, nextCursor)
}

export function getOverlappingSegments(
  connection: ReadConnection,
  { channelId, startTime, endTime, ...page }: WireParams<'getOverlappingSegments'>,
): WireResult<'getOverlappingSegments'> | Packed {
  assertOrdered(startTime, endTime)
  const { items, nextCursor } = readPage(
    connection,
    overlapListing,
    findChannelKey(connection, channelId),
    // A segment that starts in the range's last millisecond still overlaps it.
    { ...page, before: endTime + 1 },
    { overlapStart: startTime },
  )
  return answerItemsPage(items, nextCursor)
}

export function updateConversationSegment(
  connection: WriteConnection,
  { segmentId, ...changes }: WireParams<'updateConversationSegment'>,
): Segment {
  if (isSegmentHidden(connection, segmentId)) requireSegment(connection, segmentId)
  connection.get(checkById, [segmentId])
  const { channelId, ...current } = requireStored(connection, segmentId)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  saveSegment(connection, { ...current, ...given, segmentId, channelId, onConflict: 'update' })
  return requireStored(connection, segmentId)
}

export function deleteConversationSegment(
  connection: WriteConnection,
  { segmentId }: WireParams<'deleteConversationSegment'>,
): boolean {
  return !isSegmentHidden(connection, segmentId) && connection.run(deleteRow, [segmentId]) > 0
}
