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
 * Of lines of one kind, as they come page by page, those that tell of what was said, or changed, then or later. Further members of a
 * segment, which have no time, are in lines behind its own and go with it: an import of the segment begins its members anew.
 *
 * @param since epoch milliseconds.
 */
export function linesSince(kind: ExportKind, since: number): (lines: string) => string {
  const times = timesOf[kind]
  if (times === undefined) return (lines) => lines
  let isOwnerSince = false
  const isWanted = (line: string): boolean => {
    const fields: unknown = JSON.parse(line)
    if (!isPlainObject(fields)) return true
    if (fields['kind'] !== 'members') isOwnerSince = times.some((name) => isSince(fields[name], since))
    return isOwnerSince
  }
  return (lines) =>
    lines
      .split('\n')
      .filter((line) => line !== '' && isWanted(line))
      .map((line) => `${line}\n`)
      .join('')
}

const isSince = (time: unknown, since: number): boolean =>
  typeof time === 'string' && Date.parse(time) >= since
