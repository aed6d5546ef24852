import type { JsonObject } from '../../../protocol/models.js'
import { isPlainObject } from '../../../protocol/json-form.js'
import type { Notes } from '../../notes.js'
import { textOf } from '../json-fields.js'

/** Exports of all that happened tell of a message once more when it was edited, or when somebody answered it. */
const retold: ReadonlySet<string> = new Set(['message_changed', 'message_replied'])

/**
 * The message that an entry is of: itself, or what it says that another one has become.
 *
 * @returns undefined where it tells of one that was deleted
 */
export function messageOf(entry: JsonObject, notes: Notes): JsonObject | undefined {
  const subtype = textOf(entry['subtype']) ?? ''
  const message = entry['message']
  if (subtype === 'message_deleted') {
    notes.skip('messages that were deleted')
    return undefined
  }
  return retold.has(subtype) && isPlainObject(message) ? message : entry
}
