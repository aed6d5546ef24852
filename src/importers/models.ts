import { ConvoDbError, operations, type NewMessage, type Params } from '../main/index.js'
import { checkParams } from '../main/validation/params.js'
import { fieldNames, readFields, renameFields } from './ndjson.js'
import { readTimes, type TimeReading } from './time-fields.js'

/** A segment to store: with its members, or without a word about them. */
export type NewSegment = Params<'createSegmentWithMessages'> | Params<'createConversationSegment'>

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
    return checkParams('createConversationSegment', { ...fields, onConflict: 'update' })
  }
  return checkParams('createSegmentWithMessages', {
    ...fields,
    messages: Array.isArray(members) ? members.map((member) => renameFields(member, memberNames)) : members,
    onConflict: 'update',
  })
}
