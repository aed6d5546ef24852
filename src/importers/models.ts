import { ConvoDbError, operations, type NewMessage, type Params } from '../main/index.js'
import { checkParams } from '../main/reading/read-params.js'
import { isPlainObject } from '../protocol/json-form.js'
import { newMessage } from '../protocol/operations/messages.js'
import { maxItems } from '../protocol/limits.js'
import { fieldNames, renameFields, toFields, withoutNulls, type FieldNames, type Fields } from './ndjson.js'
import { readTimes, type TimeReading } from './time-fields.js'

export type NewMembers = Params<'addMessagesToSegment'>

/** A segment to store: with its members, or without a word about them. */
export interface NewSegment {
  readonly segment: Params<'createSegmentWithMessages'> | Params<'createConversationSegment'>
  /** Members beyond those that one call takes, in their order. */
  readonly furtherMembers: readonly NewMembers[]
}

const namesOf = (properties: object): FieldNames => fieldNames(Object.keys(properties))

const { onConflict: _, ...segmentFields } = operations.createConversationSegment.params.properties

const messageNames = namesOf(newMessage.properties)
const channelNames = namesOf(operations.upsertChannel.params.properties)
const userNames = namesOf(operations.upsertUser.params.properties)
const segmentNames = fieldNames([...Object.keys(segmentFields), 'messages', 'messageIds'])
const memberNames = fieldNames(['messageId', 'position', 'contributionScore'])

/** Each of these reads one line's fields. @throws INVALID_ARGUMENT naming the field that is wrong */

export const readMessage = (fields: Fields, times: TimeReading): NewMessage =>
  checkParams(
    'storeMessage',
    readTimes(
      withoutNulls(toFields(fields, messageNames), ['messageType']),
      ['timestamp', 'editedAt'],
      times,
    ),
  )

export const readChannel = (fields: Fields, times: TimeReading): Params<'upsertChannel'> =>
  checkParams(
    'upsertChannel',
    readTimes(
      withoutNulls(toFields(fields, channelNames), ['createdAt']),
      ['createdAt', 'lastActive'],
      times,
    ),
  )

export const readUser = (fields: Fields, times: TimeReading): Params<'upsertUser'> =>
  checkParams(
    'upsertUser',
    readTimes(withoutNulls(toFields(fields, userNames), ['firstSeen']), ['firstSeen'], times),
  )

/**
 * A segment, which replaces the one of its id. Members come as `messages` or `messageIds`; without either, those it has
 * stay.
 */
export function readSegment(line: Fields, times: TimeReading): NewSegment {
  const { members, fields } = takeMembers(toFields(line, segmentNames))
  const segment = { ...readTimes(fields, ['startTime', 'endTime'], times), onConflict: 'update' }
  if (members === undefined) {
    return { segment: checkParams('createConversationSegment', segment), furtherMembers: [] }
  }
  const [first, ...further] = Array.isArray(members) ? inParts(members) : [members]
  const whole = checkParams('createSegmentWithMessages', { ...segment, messages: first })
  const { segmentId } = whole
  return {
    segment: whole,
    furtherMembers: further.map((part) => checkParams('addMessagesToSegment', { segmentId, messages: part })),
  }
}

/** Members that a segment has beside those in its own line. */
export function readMembers(line: Fields): NewMembers {
  const { members, fields } = takeMembers(renameFields(line, segmentNames))
  return checkParams('addMessagesToSegment', { ...fields, messages: members })
}

function takeMembers(line: Fields): { readonly members: unknown; readonly fields: Fields } {
  const { messageIds, messages: given, ...fields } = withoutNulls(line, ['messageIds', 'messages'])
  if (messageIds !== undefined && given !== undefined) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'messages and messageIds are both given', {
      field: 'messages',
    })
  }
  const members = given ?? messageIds
  const renamed = Array.isArray(members)
    ? members.map((member) => (isPlainObject(member) ? readMember(member) : member))
    : members
  return { members: renamed, fields }
}

const readMember = (member: Fields): Fields => withoutNulls(renameFields(member, memberNames), ['position'])

/** As many members as one call takes, and at least one part. */
function inParts(members: readonly unknown[]): unknown[][] {
  const parts = [members.slice(0, maxItems)]
  for (let at = maxItems; at < members.length; at += maxItems) parts.push(members.slice(at, at + maxItems))
  return parts
}
