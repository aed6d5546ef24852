import { ConvoDbError } from '../../protocol/errors.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { ReadConnection, WriteConnection } from '../connection.js'
import { requireSegment, requireStored, saveSegment } from './conversation-segments.js'
import { joinNames, messageColumns, requireMessage, toRows } from './messages.js'

type NewMember = WireParams<'addMessagesToSegment'>['messages'][number]

interface SegmentKeys {
  readonly segmentId: string
  readonly segmentKey: number
  readonly channelKey: number
}

// Clustered by (segment_key, position, message_key): members are read in order, then their messages by key.
const selectMembers = `
  SELECT json_array(${messageColumns}, segment_messages.position, segment_messages.contribution_score)
  FROM segment_messages
  CROSS JOIN messages ON messages.message_key = segment_messages.message_key
  ${joinNames}
  WHERE segment_messages.segment_key = (SELECT segment_key FROM conversation_segments WHERE segment_id = ?)
  ORDER BY segment_messages.position, segment_messages.message_key`
const selectMemberIds = `
  SELECT messages.message_id
  FROM segment_messages CROSS JOIN messages ON messages.message_key = segment_messages.message_key
  WHERE segment_messages.segment_key = ?
  ORDER BY segment_messages.position, segment_messages.message_key`
const selectKey = `SELECT segment_key AS segmentKey FROM conversation_segments WHERE segment_id = ?`
const selectLastPosition = `
  SELECT max(position) AS position FROM segment_messages WHERE segment_key = ?`
const insertMember = `
  INSERT INTO segment_messages (segment_key, position, message_key, contribution_score)
  VALUES (:segmentKey, :position, :messageKey, :contributionScore)
  ON CONFLICT (message_key, segment_key) DO NOTHING`
const updateMember = `
  UPDATE segment_messages SET
    position = coalesce(:position, position),
    contribution_score = iif(:setsScore, :contributionScore, contribution_score)
  WHERE message_key = :messageKey AND segment_key = :segmentKey`
const deleteMembers = `DELETE FROM segment_messages WHERE segment_key = ?`

/** Adds members in the order given; a message that is a member already takes the new position and score. */
function addMembers(
  connection: WriteConnection,
  segment: SegmentKeys,
  members: readonly NewMember[],
): number {
  const { position } = connection.get<{ position: number | null }>(selectLastPosition, [
    segment.segmentKey,
  ]) ?? { position: null }
  let nextPosition = (position ?? -1) + 1
  let added = 0
  for (const member of members) {
    const given = typeof member === 'string' ? { messageId: member } : member
    const isNew = addMember(connection, segment, given, nextPosition)
    if (isNew) added += 1
    if (isNew || given.position !== undefined) {
      nextPosition = Math.max(nextPosition, (given.position ?? nextPosition) + 1)
    }
  }
  return added
}

function addMember(
  connection: WriteConnection,
  { segmentId, segmentKey, channelKey }: SegmentKeys,
  { messageId, position, contributionScore }: Exclude<NewMember, string>,
  nextPosition: number,
): boolean {
  const message = requireMessage(connection, messageId)
  if (message.channelKey !== channelKey) {
    throw new ConvoDbError(
      'CONFLICT',
      `Message '${messageId}' is in another channel than segment '${segmentId}'`,
      {
        messageId,
        segmentId,
      },
    )
  }
  const keys = { segmentKey, messageKey: message.key, contributionScore: contributionScore ?? null }
  if (connection.run(insertMember, { ...keys, position: position ?? nextPosition }) > 0) return true
  connection.run(updateMember, {
    ...keys,
    position: position ?? null,
    setsScore: contributionScore === undefined ? 0 : 1,
  })
  return false
}

export function createSegmentWithMessages(
  connection: WriteConnection,
  { messages, ...segment }: WireParams<'createSegmentWithMessages'>,
): WireResult<'createSegmentWithMessages'> {
  if (saveSegment(connection, segment)) {
    const keys = requireSegment(connection, segment.segmentId)
    connection.run(deleteMembers, [keys.segmentKey])
    addMembers(connection, { ...keys, segmentId: segment.segmentId }, messages)
  }
  return requireStored(connection, segment.segmentId)
}

export function addMessageToSegment(
  connection: WriteConnection,
  { segmentId, ...member }: WireParams<'addMessageToSegment'>,
): number {
  return addMessagesToSegment(connection, { segmentId, messages: [member] })
}

export function addMessagesToSegment(
  connection: WriteConnection,
  { segmentId, messages }: WireParams<'addMessagesToSegment'>,
): number {
  return addMembers(connection, { ...requireSegment(connection, segmentId), segmentId }, messages)
}

export function getSegmentMessages(
  connection: ReadConnection,
  { segmentId }: WireParams<'getSegmentMessages'>,
): WireResult<'getSegmentMessages'> {
  return toRows(connection.column<string>(selectMembers, [segmentId]))
}

export function getSegmentMessageIds(
  connection: ReadConnection,
  { segmentIds }: WireParams<'getSegmentMessageIds'>,
): WireResult<'getSegmentMessageIds'> {
  return segmentIds.flatMap((segmentId) => {
    const segment = connection.get<{ segmentKey: number }>(selectKey, [segmentId])
    if (segment === undefined) return []
    return { segmentId, messageIds: connection.column<string>(selectMemberIds, [segment.segmentKey]) }
  })
}
