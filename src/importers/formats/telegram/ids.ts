import type { JsonObject, JsonValue } from '../../../protocol/models.js'
import { textOf } from '../json-fields.js'

/** Versions before 2.7 (2021) have numbers whose upper half says what it is: nothing or 1 a user, 2 a group or a channel. */
const kinds = ['user', 'user', 'channel']
const halfSize = 2 ** 32

/** Who it was: `user123`, `channel123`; undefined where nobody is named. */
export function peerOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'number') return textOf(value)
  return `${kinds[Math.floor(value / halfSize)] ?? 'user'}${value % halfSize}`
}

/** The chat's number in `channel123`. */
export const bareIdOf = (peer: string): string => peer.replace(/^\D+/, '')

/**
 * A chat's number, which those versions wrote with an upper half as well. People of today have numbers as large: what the chat's first
 * message says of its time and of who wrote it tells the version.
 */
export function chatIdOf(value: JsonValue | undefined, message: JsonObject): string | undefined {
  const isOld =
    message['date_unixtime'] === undefined && typeof (message['from_id'] ?? message['actor_id']) !== 'string'
  return isOld && typeof value === 'number' && value > 0 ? textOf(value % halfSize) : textOf(value)
}
