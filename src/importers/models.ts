import { ConvoDbError, operations, type NewMessage, type Params } from '../main/index.js'
import { checkParams } from '../main/reading/check-params.js'
import { maxItems } from '../protocol/limits.js'
import { fieldNames, readFields, renameFields } from './ndjson.js'
import { readTimes, type TimeReading } from './time-fields.js'

/** A segment to store: with its members, or without a word about them. */
export interface NewSegment {
  readonly segment: Params<'createSegmentWithMessages'> | Params<'createConversationSegment'>
  /** Members beyond those that one call takes, in their order. */
  readonly furtherMembers: readonly Params<'addMessagesToSegment'>[]
}

const { messages } = operations.addMessages.params.properties
const { onConflict: _, ...segment } = operations.createConversationSegment.params.properties

const messageNames = fieldNames(Object.keys(messages.items.properties))
const channelNames = fieldNames(Object.keys(operations.upsertChannel.params.properties))
const segmentNames = fieldNames([...Object.keys(segment), 'messages', 'messageIds'])
const memberNames = fieldNames(['messageId', 'position', 'contributionScore'])

const asTheyAre: TimeReading = { unit: 'milliseconds', note: () => undefined }

/** @throws INVALID_ARGUMENT naming the field that is wrong */
export const readMessage = (text: string, times: TimeReading = asTheyAre): NewMessage =>
  checkParams('storeMessage', readTimes(readFields(text, messageNames), ['timestamp', 'editedAt'], times))

/** @throws INVALID_ARGUMENT naming the field that is wrong */
export const readChannel = (text: string, times: TimeReading = asTheyAre): Params<'upsertChannel'> =>
  checkParams('upsertChannel', readTimes(readFields(text, channelNames), ['createdAt'], times))

/**
 * A segment, which replaces the one of its id. Members come as `messages` or `messageIds`; without either, those it has
 * stay.
 *
 * @throws INVALID_ARGUMENT naming the field that is wrong
 */
export function readSegment(text: string, times: TimeReading = asTheyAre): NewSegment {
  const { messageIds, messages: given, ...others } = readFields(text, segmentNames)
  const fields = readTimes(others, ['startTime', 'endTime'], times)
  if (messageIds !== undefined && given !== undefined) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'messages and messageIds are both given', {
      field: 'messages',
    })
  }
  const members = given ?? messageIds
  if (members === undefined) {
    const alone = checkParams('createConversationSegment', { ...fields, onConflict: 'update' })
    return { segment: alone, furtherMembers: [] }
  }
  const renamed = Array.isArray(members)
    ? members.map((member) => renameFields(member, memberNames))
    : members
  const [first, ...further] = Array.isArray(renamed) ? inParts(renamed) : [renamed]
  const withMembers = { ...fields, messages: first, onConflict: 'update' }
  const whole = checkParams('createSegmentWithMessages', withMembers)
  const { segmentId } = whole
  return {
    segment: whole,
    furtherMembers: further.map((part) => checkParams('addMessagesToSegment', { segmentId, messages: part })),
  }
}

/** As many members as one call takes, and at least one part. */
function inParts(members: readonly unknown[]): unknown[][] {
  const parts = [members.slice(0, maxItems)]
  for (let at = maxItems; at < members.length; at += maxItems) parts.push(members.slice(at, at + maxItems))
  return parts
}
