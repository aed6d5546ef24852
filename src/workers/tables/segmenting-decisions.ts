import { ConvoDbError } from '../../protocol/errors.js'
import { bySegment } from '../../protocol/joining-messages.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { decodeSegmentingCursor } from '../../protocol/segmenting-place.js'
import { assertStrategyName, rangeOf } from '../../protocol/segment-strategies.js'
import type { WriteConnection } from '../connection/connection.js'
import { findChannelKey } from './channels.js'
import { findSegment } from './conversation-segments.js'
import { growSegment, startSegment, type Joining } from './grown-segments.js'
import { findPlace } from './messages.js'
import { findSegmentingPlace, saveSegmentingPlace } from './segmenting-places.js'
import { memberOf } from './segment-strategies.js'

type Params = WireParams<'applySegmentingStep'>
type JoiningMessage = Params['messages'][number]
type Counts = WireResult<'applySegmentingStep'>

const selectMember = `SELECT ${memberOf(':messageKey')} AS segmentId`

/**
 * Stores what a step was decided to be, and that it was: both or neither. Whoever read the step before somebody else stored one is told
 * so, and reads anew; so of several that run at once, in whatever process, each message is decided about by one.
 *
 * @throws CONFLICT, INVALID_ARGUMENT
 */
export function applySegmentingStep(connection: WriteConnection, params: Params): Counts {
  const { channelId, strategy, cursor, messages } = params
  assertStrategyName(strategy)
  connection.scope.assertHas(channelId)
  const next = decodeSegmentingCursor(cursor)
  const channelKey = findChannelKey(connection, channelId)
  const known = channelKey === undefined ? undefined : findSegmentingPlace(connection, channelKey, strategy)
  if (channelKey === undefined || (known?.step ?? 0) !== next.step - 1) {
    throw new ConvoDbError(
      'CONFLICT',
      `Another run of '${strategy}' in channel '${channelId}' was faster; read the next step anew`,
      { channelId, strategy },
    )
  }
  const counts = { segments: 0, messages: 0 }
  for (const [segmentId, joining] of bySegment(messages)) {
    applyOne(connection, { channelKey, channelId, strategy }, { segmentId, messages: joining }, counts)
  }
  saveSegmentingPlace(connection, channelKey, strategy, next)
  return counts
}

type MutableCounts = { -readonly [Name in keyof Counts]: Counts[Name] }

interface Run {
  readonly channelKey: number
  readonly channelId: string
  readonly strategy: string
}

interface Decided {
  readonly segmentId: string
  readonly messages: readonly JoiningMessage[]
}

function applyOne(connection: WriteConnection, run: Run, decided: Decided, counts: MutableCounts): void {
  const { segmentId, messages } = decided
  const { strategy, channelKey } = run
  const isNew = messages.some((message) => message.isNew === true)
  if (!segmentId.startsWith(`${strategy}:`)) {
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      `segmentId must start with '${strategy}:'; it is '${segmentId}'`,
      { field: 'messages' },
    )
  }
  const stored = findSegment(connection, segmentId)
  // Somebody deleted it meanwhile; or its id is that of a segment elsewhere, which is none of ours.
  if (stored === undefined ? !isNew : stored.channelKey !== channelKey) {
    throw new ConvoDbError(
      'CONFLICT',
      `Segment '${segmentId}' is not in channel '${run.channelId}' any more; read the next step anew`,
      { channelId: run.channelId, segmentId },
    )
  }
  const joining = messages.flatMap((message) => toJoining(connection, run, message))
  const [first] = joining
  if (first === undefined) return
  if (stored === undefined) {
    startSegment(connection, { segmentId, channelKey, timestamp: first.timestamp })
    counts.segments += 1
  }
  growSegment(connection, segmentId, joining)
  counts.messages += joining.length
}

/** A message that is still there and in no segment of the strategy; else none. */
function toJoining(
  connection: WriteConnection,
  { channelKey, strategy }: Run,
  { messageId, contributionScore = null }: JoiningMessage,
): Joining[] {
  const place = findPlace(connection, messageId)
  if (place === undefined || place.channelKey !== channelKey) return []
  const bound = { messageKey: place.key, ...rangeOf(strategy) }
  const member = connection.get<{ segmentId: string | null }>(selectMember, bound)
  if (member?.segmentId != null) return []
  return [{ messageKey: place.key, timestamp: place.value, contributionScore }]
}
