import { ConvoDbError } from '../../protocol/errors.js'
import { bySegment } from '../../protocol/joining-messages.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { assertStrategyName } from '../../protocol/segment-strategies.js'
import { decodeSegmentingCursor } from '../../protocol/segmenting-place.js'
import type { Session } from '../connection/session.js'
import { insertSegment } from '../tables/conversation-segments.js'
import { findPlaces } from '../tables/message-places.js'
import { findSegments, type SegmentPlace } from '../tables/segment-places.js'
import { taken } from '../tables/message-values.js'
import { growSegment, type Joining } from './grown-segments.js'
import { findMemberships } from './memberships.js'
import { lockLastStep, saveSegmentingPlace } from './segmenting-places.js'

type Params = WireParams<'applySegmentingStep'>
type JoiningMessage = Params['messages'][number]
type Counts = WireResult<'applySegmentingStep'>

// Each by its key.
const selectTimes = `
  SELECT message_key AS "messageKey", timestamp FROM messages WHERE message_key = ANY ($2::bigint[]) AND channel_id = $1`

/**
 * Stores what a step was decided to be, and that it was: both or neither. Whoever read the step before somebody else stored one is told
 * so, and reads anew; so of several that run at once, in whatever process, each message is decided about by one.
 *
 * @throws CONFLICT, INVALID_ARGUMENT
 */
export async function applySegmentingStep(session: Session, params: Params): Promise<Counts> {
  const { channelId, strategy, cursor, messages } = params
  assertStrategyName(strategy)
  session.scope.assertHas(channelId)
  const next = decodeSegmentingCursor(cursor)
  const lastStep = await lockLastStep(session, channelId, strategy)
  if (lastStep === undefined || lastStep !== next.step - 1) {
    throw new ConvoDbError(
      'CONFLICT',
      `Another run of '${strategy}' in channel '${channelId}' was faster; read the next step anew`,
      { channelId, strategy },
    )
  }
  const decided = [...bySegment(messages)]
  // Segments first, as whoever else adds members.
  const segmentIds = decided.map(([segmentId]) => segmentId)
  const segments = await findSegments(session, segmentIds, { lock: true })
  const free = await findFree(session, params)
  const counts = { segments: 0, messages: 0 }
  for (const [segmentId, joining] of decided) {
    const stored = segments.get(segmentId)
    assertJoinable(params, segmentId, stored, joining)
    const members = joining.flatMap(({ messageId, contributionScore = null }) => {
      const message = free.get(messageId)
      return message === undefined ? [] : [{ ...message, contributionScore }]
    })
    const [first] = members
    if (first === undefined) continue
    if (stored === undefined) counts.segments += 1
    const place = stored ?? (await startSegment(session, channelId, segmentId, first))
    await growSegment(session, place, members)
    counts.messages += members.length
  }
  await saveSegmentingPlace(session, channelId, strategy, next)
  return counts
}

function assertJoinable(
  { channelId, strategy }: Params,
  segmentId: string,
  stored: SegmentPlace | undefined,
  joining: readonly JoiningMessage[],
): void {
  if (!segmentId.startsWith(`${strategy}:`)) {
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      `segmentId must start with '${strategy}:'; it is '${segmentId}'`,
      { field: 'messages' },
    )
  }
  // Somebody deleted it meanwhile; or its id is that of a segment elsewhere, which is none of ours.
  const isNew = joining.some((message) => message.isNew === true)
  if (stored === undefined ? !isNew : stored.channelId !== channelId) throw isElsewhere(channelId, segmentId)
}

const isElsewhere = (channelId: string, segmentId: string): ConvoDbError =>
  new ConvoDbError(
    'CONFLICT',
    `Segment '${segmentId}' is not in channel '${channelId}' any more; read the next step anew`,
    { channelId, segmentId },
  )

/** By id, the messages that are still there and in no segment of the strategy; they are locked. */
async function findFree(
  session: Session,
  { channelId, strategy, messages }: Params,
): Promise<Map<string, Pick<Joining, 'messageKey' | 'timestamp'>>> {
  const ids = messages.map(({ messageId }) => messageId)
  const places = [...(await findPlaces(session, ids, { lock: true })).values()]
  const own = places.filter((place) => place.channelId === channelId)
  const keys = own.map(({ messageKey }) => messageKey)
  const members = await findMemberships(session, channelId, strategy, keys)
  const rows = await session.all<{ messageKey: number; timestamp: number }>(selectTimes, [
    session.id(channelId),
    keys,
  ])
  const times = new Map(rows.map(({ messageKey, timestamp }) => [messageKey, timestamp]))
  return new Map(
    own.flatMap(({ messageId, messageKey }) => {
      const timestamp = times.get(messageKey)
      const isFree = timestamp !== undefined && !members.has(messageKey)
      return isFree ? [[messageId, { messageKey, timestamp }] as const] : []
    }),
  )
}

/** @throws FORBIDDEN where the id is that of a segment which is hidden from whoever asks; CONFLICT where somebody has just made it */
async function startSegment(
  session: Session,
  channelId: string,
  segmentId: string,
  { timestamp }: Joining,
): Promise<SegmentPlace> {
  const place = await insertSegment(session, {
    segmentId,
    channelId,
    startTime: timestamp,
    endTime: timestamp,
  })
  if (place !== undefined) return place
  const isVisible = (await findSegments(session, [segmentId])).has(segmentId)
  throw isVisible ? isElsewhere(channelId, segmentId) : taken({ segmentId })
}
