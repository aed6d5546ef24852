import { readNdjson } from '../ndjson-lines.js'
import { isPlainObject } from '../../protocol/json-form.js'
import type { Format, Head } from './format.js'

/** Our own: what `convodb export` writes, and lines of messages that others make. */
export const ndjson: Format = {
  name: 'ndjson',
  recognizes: ({ text }: Head) => firstLines(text).some(isOurs),
  read: (source, notes) => readNdjson(source, 'message', notes),
}

/** The first may be a comment of somebody's, or damaged. */
const firstLines = (text: string): string[] => text.split('\n', 3)

function isOurs(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    return (
      isPlainObject(value) && ['messageId', 'message_id', 'kind'].some((name) => Object.hasOwn(value, name))
    )
  } catch {
    return false
  }
}
