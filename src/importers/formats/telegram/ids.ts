import type { JsonValue } from '../../../protocol/models.js'
import { textOf } from '../json-fields.js'

/** Versions before 2.7 (2021) have numbers whose upper half says what it is. */
const kinds = ['user', 'chat', 'channel']
const halfSize = 2 ** 32

/** Who it was: `user123`, `channel123`; undefined where nobody is named. */
export function peerOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'number') return textOf(value)
  return `${kinds[Math.floor(value / halfSize)] ?? 'user'}${value % halfSize}`
}

/** The chat's number in `channel123`. */
export const bareIdOf = (peer: string): string => peer.replace(/^\D+/, '')
