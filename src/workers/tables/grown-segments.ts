import { meanScore, perMinute } from '../../protocol/segment-figures.js'
import type { WriteConnection } from '../connection/connection.js'
import { isWhole } from '../connection/row-checks.js'
import { taken } from './messages.js'

/** A message that joins a segment. */
export interface Joining {
  readonly messageKey: number
  readonly timestamp: number
  readonly contributionScore: number | null
}

interface Grown {
  readonly segmentKey: number
  readonly startTime: number
  readonly endTime: number
  readonly messageCount: number
  readonly coherenceScore: number | null
}

const insertSegment = `
  INSERT INTO conversation_segments (segment_id, channel_key, start_time, end_time)
  VALUES (:segmentId, :channelKey, :timestamp, :timestamp) ON CONFLICT (segment_id) DO NOTHING`
// What is changed in part gets a new checksum: damage in the rest must not get one that fits.
const selectGrown = `
  SELECT segment_key AS segmentKey, start_time AS startTime, end_time AS endTime, message_count AS messageCount,
    coherence_score AS coherenceScore
  FROM conversation_segments WHERE segment_id = ? AND ${isWhole('conversation_segments')}`
const updateGrown = `
  UPDATE conversation_segments SET
    start_time = :startTime, end_time = :endTime, coherence_score = :coherenceScore, activity_level = :activityLevel
  WHERE segment_key = :segmentKey`
// The last one of the primary key (segment_key, position, message_key), and those before it.
const selectLastPosition = `SELECT coalesce(max(position), -1) AS position FROM segment_messages WHERE segment_key = ?`
const selectBackwards = `
  SELECT members.position, messages.timestamp
  FROM segment_messages AS members CROSS JOIN messages ON messages.message_key = members.message_key
  WHERE members.segment_key = ? ORDER BY members.position DESC, members.message_key DESC LIMIT 1000`
const insertMember = `
  INSERT INTO segment_messages (segment_key, position, message_key, contribution_score)
  VALUES (:segmentKey, :position, :messageKey, :contributionScore)`

/** @throws FORBIDDEN where the id is that of a segment which is hidden from whoever asks */
export function startSegment(
  connection: WriteConnection,
  segment: { readonly segmentId: string; readonly channelKey: number; readonly timestamp: number },
): void {
  const { segmentId } = segment
  if (connection.run(insertSegment, { ...segment }) === 0) throw taken({ segmentId })
}

/** Adds messages, of which none is a member, and has the segment's times and figures follow; what else it says is its owner's. */
export function growSegment(
  connection: WriteConnection,
  segmentId: string,
  joining: readonly Joining[],
): void {
  const segment = connection.get<Grown>(selectGrown, [segmentId])
  if (segment === undefined) return
  const { segmentKey, messageCount } = segment
  let { startTime, endTime } = segment
  for (const { messageKey, timestamp, contributionScore } of joining) {
    const position = positionFor(connection, segmentKey, timestamp, endTime)
    connection.run(insertMember, { segmentKey, position, messageKey, contributionScore })
    startTime = Math.min(startTime, timestamp)
    endTime = Math.max(endTime, timestamp)
  }
  connection.run(updateGrown, {
    segmentKey,
    startTime,
    endTime,
    coherenceScore: meanScore(segment, joining),
    activityLevel: perMinute(messageCount + joining.length, endTime - startTime),
  })
}

/**
 * Behind the last member; a message that came late shares the position of the member that it follows, so that it is told of behind
 * that one, and no other has to move.
 */
function positionFor(
  connection: WriteConnection,
  segmentKey: number,
  timestamp: number,
  endTime: number,
): number {
  if (timestamp < endTime) {
    const members = connection.all<{ position: number; timestamp: number }>(selectBackwards, [segmentKey])
    const position = (members.find((member) => member.timestamp <= timestamp) ?? members.at(-1))?.position
    if (position !== undefined) return position
  }
  return (connection.get<{ position: number }>(selectLastPosition, [segmentKey])?.position ?? -1) + 1
}
