import { ConvoDbError } from '../../protocol/errors.js'
import { maxPosition } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { rowColumns, rowOf, type KeyedRow } from '../reading/message-rows.js'
import { pendByMembers } from '../pending/pending-rules.js'
import { requireStored, saveSegment } from './conversation-segments.js'
import { findPlaces } from './message-places.js'
import { findSegment, findSegments, requireSegment, type SegmentPlace } from './segment-places.js'
import { findShown } from './shown-with-messages.js'

type NewMember = WireParams<'addMessagesToSegment'>['messages'][number]

interface Member {
  readonly messageKey: number
  readonly position: number
  readonly contributionScore: number | null
}

const selectMembers = `
  SELECT message_key AS "messageKey", position, contribution_score AS "contributionScore" FROM segment_messages
  WHERE channel_id = $1 AND segment_key = $2`
const saveMembers = `
  INSERT INTO segment_messages (channel_id, segment_key, message_key, position, contribution_score)
  SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[], $5::double precision[])
  ON CONFLICT (channel_id, segment_key, message_key) DO UPDATE SET
    position = excluded.position, contribution_score = excluded.contribution_score`
const deleteMembers = `DELETE FROM segment_messages WHERE channel_id = $1 AND segment_key = $2`
// segment_messages_by_position, then each message by its key.
const selectRows = `
  SELECT ${rowColumns}, members.position, members.contribution_score FROM segment_messages AS members
  JOIN messages ON messages.message_key = members.message_key AND messages.channel_id = members.channel_id
  WHERE members.channel_id = $1 AND messages.channel_id = $1 AND members.segment_key = $2
  ORDER BY members.position, members.message_key`
const selectIds = `
  SELECT messages.message_id AS "messageId" FROM segment_messages AS members
  JOIN messages ON messages.message_key = members.message_key AND messages.channel_id = members.channel_id
  WHERE members.channel_id = $1 AND messages.channel_id = $1 AND members.segment_key = $2
  ORDER BY members.position, members.message_key`

/** Adds members in the order given; a message that is a member already takes the new position and score. The segment is locked. */
async function addMembers(
  session: Session,
  segment: SegmentPlace,
  given: readonly NewMember[],
): Promise<number> {
  const members = given.map((member) => (typeof member === 'string' ? { messageId: member } : member))
  // Locked, so that none of them moves to another channel meanwhile.
  const places = await findPlaces(
    session,
    members.map(({ messageId }) => messageId),
    { lock: true },
  )
  const channel = session.id(segment.channelId)
  const current = await session.all<Member>(selectMembers, [channel, segment.segmentKey])
  const byKey = new Map(current.map((member) => [member.messageKey, member]))
  const positions = new Map(current.map(({ messageKey, position }) => [messageKey, position]))
  const changed = new Map<number, Member>()
  let nextPosition = current.reduce((last, { position }) => Math.max(last, position), -1) + 1
  let added = 0
  for (const { messageId, position, contributionScore } of members) {
    const { messageKey } = requireOf(segment, places, messageId)
    const known = byKey.get(messageKey)
    const newPosition = position ?? known?.position ?? nextPosition
    if (newPosition > maxPosition) throw noPositionLeft(segment.segmentId)
    const score = contributionScore === undefined ? (known?.contributionScore ?? null) : contributionScore
    const member = { messageKey, position: newPosition, contributionScore: score }
    byKey.set(messageKey, member)
    changed.set(messageKey, member)
    if (known === undefined) added += 1
    if (known === undefined || position !== undefined) nextPosition = Math.max(nextPosition, newPosition + 1)
  }
  const rows = [...changed.values()]
  if (rows.length === 0) return 0
  session.changes.add({ kind: 'segmentUpdated', segmentId: segment.segmentId, channelId: segment.channelId })
  await session.run(saveMembers, [
    session.newId(segment.channelId),
    segment.segmentKey,
    rows.map(({ messageKey }) => messageKey),
    rows.map(({ position }) => position),
    rows.map(({ contributionScore }) => contributionScore),
  ])
  const isOther = rows.some(({ messageKey, position }) => positions.get(messageKey) !== position)
  if (isOther) await pendByMembers(session, [segment])
  return added
}

/** @throws NOT_FOUND, CONFLICT */
function requireOf(
  { segmentId, channelId }: SegmentPlace,
  places: Awaited<ReturnType<typeof findPlaces>>,
  messageId: string,
) {
  const place = places.get(messageId)
  if (place === undefined)
    throw new ConvoDbError('NOT_FOUND', `There is no message '${messageId}'`, { messageId })
  if (place.channelId === channelId) return place
  throw new ConvoDbError(
    'CONFLICT',
    `Message '${messageId}' is in another channel than segment '${segmentId}'`,
    {
      messageId,
      segmentId,
    },
  )
}

const noPositionLeft = (segmentId: string): ConvoDbError =>
  new ConvoDbError(
    'CONFLICT',
    `Segment '${segmentId}' has a member at position ${maxPosition}, behind which there is none; give a position`,
    { segmentId, maxPosition },
  )

export async function createSegmentWithMessages(
  session: Session,
  { messages, ...segment }: WireParams<'createSegmentWithMessages'>,
): Promise<WireResult<'createSegmentWithMessages'>> {
  const place = await saveSegment(session, segment)
  if (place !== undefined) {
    const gone = await session.run(deleteMembers, [session.id(place.channelId), place.segmentKey])
    if (gone > 0) {
      session.changes.add({ kind: 'segmentUpdated', segmentId: place.segmentId, channelId: place.channelId })
      await pendByMembers(session, [place])
    }
    await addMembers(session, place, messages)
  }
  return requireStored(session, segment.segmentId)
}

export const addMessageToSegment = (
  session: Session,
  { segmentId, ...member }: WireParams<'addMessageToSegment'>,
): Promise<number> => addMessagesToSegment(session, { segmentId, messages: [member] })

export async function addMessagesToSegment(
  session: Session,
  { segmentId, messages }: WireParams<'addMessagesToSegment'>,
): Promise<number> {
  return addMembers(session, await requireSegment(session, segmentId, { lock: true }), messages)
}

export async function getSegmentMessages(
  session: Session,
  { segmentId, ...asked }: WireParams<'getSegmentMessages'>,
): Promise<WireResult<'getSegmentMessages'>> {
  const segment = await findSegment(session, segmentId)
  if (segment === undefined) return []
  const found = await session.lists<unknown[]>(selectRows, [
    session.id(segment.channelId),
    segment.segmentKey,
  ])
  const members = found.map(splitMember)
  const shownOf = await findShown(
    session,
    members.map(({ row }) => row),
    asked,
  )
  // What was asked for stands last of all.
  return members.map(({ row, place }) => [
    ...rowOf(row),
    ...place,
    ...(shownOf === undefined ? [] : [shownOf(row)]),
  ])
}

/** The message's row, and the member's position and score behind it. */
function splitMember(values: readonly unknown[]): {
  readonly row: KeyedRow
  readonly place: readonly unknown[]
}
function splitMember(values: readonly unknown[]): unknown {
  return { row: values.slice(0, -2), place: values.slice(-2) }
}

/** In the order asked; segments that are not there are left out. */
export async function getSegmentMessageIds(
  session: Session,
  { segmentIds }: WireParams<'getSegmentMessageIds'>,
): Promise<WireResult<'getSegmentMessageIds'>> {
  const places = await findSegments(session, segmentIds)
  const found: { segmentId: string; messageIds: string[] }[] = []
  for (const segmentId of segmentIds) {
    const place = places.get(segmentId)
    if (place === undefined) continue
    const rows = await session.all<{ messageId: string }>(selectIds, [
      session.id(place.channelId),
      place.segmentKey,
    ])
    found.push({ segmentId, messageIds: rows.map(({ messageId }) => messageId) })
  }
  return found
}
