import type { ExportKind } from '../../protocol/transfer-parameters.js'
import { isPlainObject } from '../../protocol/json-form.js'

/** When what a line tells of happened; lines of other kinds are few, and always there. */
const timesOf: { readonly [Kind in ExportKind]?: readonly string[] } = {
  message: ['timestamp', 'editedAt'],
  version: ['replacedAt'],
  reaction: ['reactedAt', 'removedAt'],
  profile: ['updatedAt'],
  segment: ['endTime'],
  embedding: ['createdAt'],
}

/**
 * Of lines of one kind those that tell of what was said, or changed, then or later.
 *
 * @param since epoch milliseconds.
 */
export function linesSince(lines: string, kind: ExportKind, since: number): string {
  const times = timesOf[kind]
  if (times === undefined) return lines
  return lines
    .split('\n')
    .filter((line) => line !== '' && isSince(line, times, since))
    .map((line) => `${line}\n`)
    .join('')
}

function isSince(line: string, times: readonly string[], since: number): boolean {
  const fields: unknown = JSON.parse(line)
  if (!isPlainObject(fields)) return true
  return times.some((name) => {
    const time = fields[name]
    return typeof time === 'string' && Date.parse(time) >= since
  })
}
