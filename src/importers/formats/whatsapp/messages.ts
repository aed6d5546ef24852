import { maxTextLength } from '../../../protocol/limits.js'
import type { Place } from '../../found.js'
import { readLines } from '../../lines.js'
import type { Source } from '../../source.js'
import { readHeader, type Header } from './header.js'

/** A message with all its lines, or a line that can not be read. */
export type WrittenMessage =
  | { readonly place: Place; readonly header: Header; readonly rest: string }
  | { readonly place: Place; readonly reason: string }

/** The messages of a file, which have as many lines as there are up to the next one. */
export async function* readMessages(source: Source, signal: AbortSignal): AsyncGenerator<WrittenMessage> {
  let current: { place: Place; header: Header; rest: string } | undefined
  let last = 0
  for await (const line of readLines(source.read(signal))) {
    const place = { file: source.name, at: line.number }
    const blankLines = line.number - last - 1
    last = line.number
    if ('problem' in line) {
      yield { place, reason: line.problem }
      continue
    }
    const header = readHeader(line.text)
    if (header !== undefined) {
      if (current !== undefined) yield current
      current = { place, header, rest: header.rest }
    } else if (current === undefined) {
      yield { place, reason: 'no message begins with it or before it' }
    } else if (current.rest.length <= maxTextLength) {
      // A longer one is refused, and what comes then need not be kept.
      current.rest += '\n'.repeat(Math.min(blankLines, maxTextLength) + 1) + line.text
    }
  }
  if (current !== undefined) yield current
}
