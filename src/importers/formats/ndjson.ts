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
  const value = objectIn(line)
  return value !== undefined && ['messageId', 'message_id', 'kind'].some((name) => Object.hasOwn(value, name))
}

/** So many lines are looked at. */
const lineCount = 100

/** Whether lines of JSON objects may be meant: it is called so, has such a line, or one that has not ended, or is empty. */
export function mayBeNdjson({ path, text }: Pick<Head, 'path' | 'text'>): boolean {
  if (/\.(?:ndjson|jsonl)(?:\.gz)?$/i.test(path) || text.trim() === '') return true
  const lines = text.split('\n', lineCount)
  return lines.some((line) => objectIn(line) !== undefined) || /^\{\s*"/.test(lines.at(-1) ?? '')
}

function objectIn(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isPlainObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
