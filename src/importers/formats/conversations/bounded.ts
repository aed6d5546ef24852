import type { JsonValue } from '../../../protocol/models.js'
import type { Notes } from '../../notes.js'

/** What metadata has room for beside all else. */
const maxLength = 1024 * 1024
/** Of lists and objects in each other, beside those that metadata put around them. */
const maxDepth = 50

const isDeeperThan = (value: JsonValue, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)))

/** Something that may be long, such as what a tool gave; it is left out where a message could not be stored with it. */
export function bounded(value: JsonValue | undefined, name: string, notes: Notes): JsonValue {
  if (value === undefined || value === null) return null
  if (isDeeperThan(value, maxDepth)) {
    notes.leaveOut(`${name} of more than ${maxDepth} levels`)
    return null
  }
  if (JSON.stringify(value).length <= maxLength) return value
  notes.leaveOut(`${name} of more than 1 MiB`)
  return null
}
