import { comparePlaces } from '../../protocol/cursors.js'
import { meanScore, perMinute } from '../../protocol/segment-figures.js'
import type { Session } from '../connection/session.js'
import { pendByMembers } from '../pending/pending-rules.js'
import type { SegmentPlace } from '../tables/segment-places.js'

/** A message that joins a segment. */
export interface Joining {
  readonly messageKey: number
  readonly timestamp: number
  readonly contributionScore: number | null
}

interface Grown {
  readonly startTime: number
  readonly endTime: number
  readonly messageCount: number
  readonly coherenceScore: number | null
}

interface Member {
  readonly position: number
  readonly messageKey: number
  readonly timestamp: number
}

const selectGrown = `
  SELECT start_time AS "startTime", end_time AS "endTime", coherence_score AS "coherenceScore",
    (SELECT count(*) FROM segment_messages WHERE channel_id = $1 AND segment_key = $2) AS "messageCount"
  FROM conversation_segments WHERE channel_id = $1 AND segment_key = $2`
const updateGrown = `
  UPDATE conversation_segments SET start_time = $3, end_time = $4, coherence_score = $5, activity_level = $6
  WHERE channel_id = $1 AND segment_key = $2`
// The last ones of segment_messages_by_position.
const selectBackwards = `
  SELECT members.position, members.message_key AS "messageKey", messages.timestamp FROM segment_messages AS members
  JOIN messages ON messages.message_key = members.message_key AND messages.channel_id = members.channel_id
  WHERE members.channel_id = $1 AND messages.channel_id = $1 AND members.segment_key = $2
  ORDER BY members.position DESC, members.message_key DESC LIMIT $3`
const insertMembers = `
  INSERT INTO segment_messages (channel_id, segment_key, message_key, position, contribution_score)
  SELECT $1, $2::bigint, * FROM unnest($3::bigint[], $4::bigint[], $5::double precision[])`

/** So far back is looked for the member that a late message follows. */
const membersLookedAt = 1_000

/**
 * Adds messages, of which none is a member, and has the segment's times and figures follow; what else it says is its owner's. The segment and
 * the messages are locked.
 */
export async function growSegment(
  session: Session,
  { channelId, segmentId, segmentKey }: SegmentPlace,
  joining: readonly Joining[],
): Promise<void> {
  const channel = session.id(channelId)
  const segment = await session.get<Grown>(selectGrown, [channel, segmentKey])
  if (segment === undefined) return
  let { startTime, endTime } = segment
  const areLate = joining.some(
    ({ timestamp }, index) => timestamp < (joining[index - 1]?.timestamp ?? endTime),
  )
  const count = areLate ? membersLookedAt : 1
  // The last one first.
  let members = await session.all<Member>(selectBackwards, [channel, segmentKey, count])
  const positions: number[] = []
  for (const { messageKey, timestamp } of joining) {
    const position = positionFor(members, timestamp, endTime)
    positions.push(position)
    members = withMember(members, { position, messageKey, timestamp })
    startTime = Math.min(startTime, timestamp)
    endTime = Math.max(endTime, timestamp)
  }
  await session.run(insertMembers, [
    session.newId(channelId),
    segmentKey,
    joining.map(({ messageKey }) => messageKey),
    positions,
    joining.map(({ contributionScore }) => contributionScore),
  ])
  await session.run(updateGrown, [
    channel,
    segmentKey,
    startTime,
    endTime,
    meanScore(segment, joining),
    perMinute(segment.messageCount + joining.length, endTime - startTime),
  ])
  await pendByMembers(session, [{ channelId, segmentKey }])
  session.changes.add({ kind: 'segmentUpdated', segmentId, channelId })
}

/**
 * Behind the last member; a message that came late shares the position of the member that it follows, so that it is told of behind
 * that one, and no other has to move.
 */
function positionFor(members: readonly Member[], timestamp: number, endTime: number): number {
  const last = members[0]
  if (last === undefined) return 0
  if (timestamp >= endTime) return last.position + 1
  return (members.find((member) => member.timestamp <= timestamp) ?? members.at(-1) ?? last).position
}

/** In its place: mostly the first one. */
function withMember(members: Member[], added: Member): Member[] {
  const placeOf = ({ position, messageKey }: Member) => ({ value: position, key: messageKey })
  const index = members.findIndex((member) => comparePlaces(placeOf(member), placeOf(added)) < 0)
  members.splice(index === -1 ? members.length : index, 0, added)
  return members.slice(0, membersLookedAt)
}
