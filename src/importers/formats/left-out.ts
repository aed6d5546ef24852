import type { JsonObject } from '../../protocol/models.js'
import type { Notes } from '../notes.js'

/** Notes what an object holds that nobody reads, by name: a later version of the format may have more than there was. */
export function noteUnread(notes: Notes, what: string, object: JsonObject, read: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(object)) {
    if (!read.has(name) && !saysNothing(value)) notes.leaveOut(`${what}.${name}`)
  }
}

const saysNothing = (value: unknown): boolean =>
  value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)
