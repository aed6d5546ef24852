import { ConvoDbError } from '../../protocol/errors.js'
import type { MemberPlace } from '../../protocol/exported-place.js'
import { maxPosition } from '../../protocol/limits.js'
import type { SegmentMessageIdsPart } from '../../protocol/message-rows.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { answerItems, answerRows, type Row } from '../reading/pack-answer.js'
import { membersToJson } from '../reading/row-json.js'
import { findSegment, requireSegment, requireStored, saveSegment } from './conversation-segments.js'
import { loadRow, messageColumns, unlessLong, type FoundRow } from './message-rows.js'
import { joinNames, requireMessage } from './messages.js'
import { withShown } from './shown-with-messages.js'

type NewMember = WireParams<'addMessagesToSegment'>['messages'][number]

interface SegmentKeys {
  readonly segmentId: string
  readonly segmentKey: number
  readonly channelKey: number
}

// Clustered by (segment_key, position, message_key): members are read in order, then their messages by key.
const memberRow = unlessLong(
  `json_array(${messageColumns()}, segment_messages.position, segment_messages.contribution_score)`,
)
const joinMessages = `CROSS JOIN messages ON messages.message_key = segment_messages.message_key ${joinNames}`
const selectMembers = `
  SELECT ${memberRow} FROM segment_messages ${joinMessages}
  WHERE segment_messages.segment_key = ?
  ORDER BY segment_messages.position, segment_messages.message_key LIMIT ?`
const selectMemberKeys = `
  SELECT message_key FROM segment_messages WHERE segment_key = ? ORDER BY position, message_key`
// Seeks the second key (message_key, segment_key).
const selectMembersByKeys = `
  SELECT ${memberRow}
  FROM json_each(:keys) AS asked
  CROSS JOIN segment_messages
    ON segment_messages.message_key = asked.value AND segment_messages.segment_key = :segmentKey
  ${joinMessages}
  ORDER BY asked.key`
const selectPlace = `
  SELECT position, contribution_score AS contributionScore FROM segment_messages
  WHERE message_key = ? AND segment_key = ?`
const selectMemberIds = `
  SELECT messages.message_id
  FROM segment_messages CROSS JOIN main.messages ON messages.message_key = segment_messages.message_key
  WHERE segment_messages.segment_key = ?
  ORDER BY segment_messages.position, segment_messages.message_key`
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
  const newPosition = position ?? nextPosition
  const mayBeNew = newPosition <= maxPosition
  if (mayBeNew && connection.run(insertMember, { ...keys, position: newPosition }) > 0) return true
  const changed = connection.run(updateMember, {
    ...keys,
    position: position ?? null,
    setsScore: contributionScore === undefined ? 0 : 1,
  })
  if (!mayBeNew && changed === 0) throw noPositionLeft(segmentId)
  return false
}

const noPositionLeft = (segmentId: string): ConvoDbError =>
  new ConvoDbError(
    'CONFLICT',
    `Segment '${segmentId}' has a member at position ${maxPosition}, behind which there is none; give a position`,
    { segmentId, maxPosition },
  )

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

const memberPlaces = `
  SELECT messages.message_id AS messageId, members.position, members.contribution_score AS contributionScore,
    members.message_key AS key
  FROM segment_messages AS members CROSS JOIN messages ON messages.message_key = members.message_key
  WHERE members.segment_key = :segmentKey AND members.message_key <= :lastMessage`
// Each is one range of the primary key.
const selectAtPosition = `
  ${memberPlaces} AND members.position = :position AND members.message_key > :key
  ORDER BY members.message_key LIMIT :limit`
const selectBehindPosition = `
  ${memberPlaces} AND members.position > :position
  ORDER BY members.position, members.message_key LIMIT :limit`

/** A member without its message. */
export interface Member extends MemberPlace {
  readonly messageId: string
  readonly contributionScore: number | null
}

/** Up to `limit` members behind a place, in order; of messages up to `lastMessage`. */
export function listMembers(
  connection: ReadConnection,
  segmentKey: number,
  place: MemberPlace | undefined,
  { limit, lastMessage }: { readonly limit: number; readonly lastMessage: number },
): Member[] {
  const find = (sql: string, { position, key }: MemberPlace, count: number): Member[] =>
    connection.all<Member>(sql, { segmentKey, lastMessage, position, key, limit: count })
  if (place === undefined)
    return find(selectBehindPosition, { position: Number.MIN_SAFE_INTEGER, key: 0 }, limit)
  const same = find(selectAtPosition, place, limit)
  return same.length === limit ? same : [...same, ...find(selectBehindPosition, place, limit - same.length)]
}

/** So many members are read together; as many ids are one part of an answer. */
const membersPerStep = 500
const idsPerPart = 2_000

export const getSegmentMessages = (
  connection: ReadConnection,
  params: WireParams<'getSegmentMessages'>,
): WireResult<'getSegmentMessages'> | Packed => answerRows(rowsOf(connection, params))

/** The same as the JSON that callers of HTTP get. */
export const getSegmentMessagesAsJson = (
  connection: ReadConnection,
  params: WireParams<'getSegmentMessages'>,
): string => membersToJson(rowsOf(connection, params))

function rowsOf(
  connection: ReadConnection,
  { segmentId, ...asked }: WireParams<'getSegmentMessages'>,
): Iterable<Row> {
  const segment = findSegment(connection, segmentId)
  return segment === undefined ? [] : withShown(connection, memberRows(connection, segment.segmentKey), asked)
}

/** In their order. */
function* memberRows(connection: ReadConnection, segmentKey: number): Generator<Row> {
  const first = connection.column<FoundRow>(selectMembers, [segmentKey, membersPerStep + 1])
  for (const found of first.slice(0, membersPerStep)) yield loadMember(connection, segmentKey, found)
  if (first.length <= membersPerStep) return
  const keys = connection.column<number>(selectMemberKeys, [segmentKey])
  for (let start = membersPerStep; start < keys.length; start += membersPerStep) {
    const asked = JSON.stringify(keys.slice(start, start + membersPerStep))
    const rows = connection.column<FoundRow>(selectMembersByKeys, { keys: asked, segmentKey })
    for (const found of rows) yield loadMember(connection, segmentKey, found)
  }
}

function loadMember(connection: ReadConnection, segmentKey: number, found: FoundRow): Row {
  const row = loadRow(connection, found)
  if (typeof row === 'string') return row
  const place = connection.get<{ position: number; contributionScore: number | null }>(selectPlace, [
    found,
    segmentKey,
  ])
  const [messageId, channelId, userId, content, timestamp, ...extras] = row
  const { position = 0, contributionScore = null } = place ?? {}
  return [messageId, channelId, userId, content, timestamp, ...extras, position, contributionScore]
}

export function getSegmentMessageIds(
  connection: ReadConnection,
  { segmentIds }: WireParams<'getSegmentMessageIds'>,
): WireResult<'getSegmentMessageIds'> | Packed {
  return answerItems(memberIds(connection, segmentIds))
}

/** A segment of many members comes in several parts; all but the first say that they continue the one before. */
function* memberIds(
  connection: ReadConnection,
  segmentIds: readonly string[],
): Generator<SegmentMessageIdsPart> {
  for (const segmentId of segmentIds) {
    const segment = findSegment(connection, segmentId)
    if (segment === undefined) continue
    const messageIds = connection.column<string>(selectMemberIds, [segment.segmentKey])
    yield { segmentId, messageIds: messageIds.slice(0, idsPerPart) }
    for (let start = idsPerPart; start < messageIds.length; start += idsPerPart) {
      yield { segmentId, messageIds: messageIds.slice(start, start + idsPerPart), continues: true }
    }
  }
}
