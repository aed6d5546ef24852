import { ConvoDbError, operations, type NewMessage, type Params } from '../main/index.js'
import { checkParams } from '../main/reading/check-params.js'
import { fieldNames, readFields, renameFields } from './ndjson.js'

/** A segment to store: with its members, or without a word about them. */
export type NewSegment = Params<'createSegmentWithMessages'> | Params<'createConversationSegment'>

const { messages } = operations.addMessages.params.properties
const { onConflict: _, ...segment } = operations.createConversationSegment.params.properties

const messageNames = fieldNames(Object.keys(messages.items.properties))
const channelNames = fieldNames(Object.keys(operations.upsertChannel.params.properties))
const segmentNames = fieldNames([...Object.keys(segment), 'messages', 'messageIds'])
const memberNames = fieldNames(['messageId', 'position', 'contributionScore'])

/** @throws INVALID_ARGUMENT naming the field that is wrong */
export const readMessage = (text: string): NewMessage =>
  checkParams('storeMessage', readFields(text, messageNames))

/** @throws INVALID_ARGUMENT naming the field that is wrong */
export const readChannel = (text: string): Params<'upsertChannel'> =>
  checkParams('upsertChannel', readFields(text, channelNames))

/**
 * A segment, which replaces the one of its id. Members come as `messages` or `messageIds`; without either, those it has
 * stay.
 *
 * @throws INVALID_ARGUMENT naming the field that is wrong
 */
export function readSegment(text: string): NewSegment {
  const { messageIds, messages: given, ...fields } = readFields(text, segmentNames)
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
