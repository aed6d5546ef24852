import { ConvoDbError } from '../../protocol/errors.js'
import type { Session } from '../connection/session.js'
import { awaitNodes } from './changes.js'

const selectPlaces = `
  SELECT segment_id AS "segmentId", channel_id AS "channelId", segment_key AS "segmentKey" FROM segment_places
  WHERE segment_id = ANY ($1::text[])`
const lockPlaces = `${selectPlaces} ORDER BY segment_id FOR UPDATE`

export interface SegmentPlace {
  readonly segmentId: string
  readonly channelId: string
  readonly segmentKey: number
}

/** By id, those that are there for whoever asks. */
export async function findSegments(
  session: Session,
  segmentIds: readonly string[],
  { lock = false } = {},
): Promise<Map<string, SegmentPlace>> {
  if (segmentIds.length === 0) return new Map()
  const sql = lock ? lockPlaces : selectPlaces
  const places = await session.all<SegmentPlace>(sql, [session.ids([...new Set(segmentIds)])])
  if (lock && places.length > 0) await awaitNodes(session)
  return new Map(
    places.filter(({ channelId }) => session.scope.has(channelId)).map((place) => [place.segmentId, place]),
  )
}

export async function findSegment(session: Session, segmentId: string): Promise<SegmentPlace | undefined> {
  return (await findSegments(session, [segmentId])).get(segmentId)
}

/** @throws NOT_FOUND */
export async function requireSegment(
  session: Session,
  segmentId: string,
  options = {},
): Promise<SegmentPlace> {
  const place = (await findSegments(session, [segmentId], options)).get(segmentId)
  if (place !== undefined) return place
  throw new ConvoDbError('NOT_FOUND', `There is no segment '${segmentId}'`, { segmentId })
}
