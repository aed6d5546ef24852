import type { JsonObject } from '../../../protocol/models.js'
import { objectOf } from '../json-fields.js'
import { relationOf } from './relations.js'

/** Why an event is passed over; undefined where it is not. What relates to another goes in with that one. */
export function whySkipped(event: JsonObject): string | undefined {
  const content = objectOf(event['content'])
  const unsigned = objectOf(event['unsigned'])
  const type = event['type']
  if (unsigned['redacted_because'] !== undefined || event['redacted_because'] !== undefined)
    return 'deleted events'
  if (type === 'm.room.encrypted' || content['msgtype'] === 'm.bad.encrypted') {
    return 'messages that could not be decrypted'
  }
  const isEmpty = Object.keys(content).length === 0
  if (isEmpty && (type === 'm.room.message' || type === 'm.reaction' || type === 'm.sticker'))
    return 'deleted events'
  if (type === 'm.room.redaction') return 'deletions'
  return undefined
}

/** Whether an event only changes another. */
export const isPartOfAnother = (event: JsonObject): boolean =>
  event['type'] === 'm.reaction' || relationOf(event).type === 'm.replace'
