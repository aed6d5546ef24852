import { maxTextLength } from '../../../protocol/limits.js'
import type { Place } from '../../found.js'
import { readLines } from '../../lines.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { dateOf, type ChatShape } from './chat-shape.js'
import { readHeader, type Header } from './header.js'

export interface Message {
  readonly place: Place
  readonly header: Header
  /** In UTC. */
  readonly timestamp: number
  readonly rest: string
}

/** A message with all its lines, or a line that can not be read. */
export type WrittenMessage = Message | { readonly place: Place; readonly reason: string }

/**
 * The messages of a file, which have as many lines as there are up to the next one: also lines that begin with a date, where that is
 * written in another way than the others' or is none.
 */
export async function* readMessages(
  source: Source,
  shape: ChatShape | undefined,
  notes: Notes,
): AsyncGenerator<WrittenMessage> {
  let current: (Omit<Message, 'rest'> & { rest: string }) | undefined
  let isImpossibleSaid = false
  let last = 0
  for await (const line of readLines(source.read(notes.signal))) {
    const place = { file: source.name, at: line.number }
    const blankLines = line.number - last - 1
    last = line.number
    if ('problem' in line) {
      yield { place, reason: line.problem }
      continue
    }
    const header = shape === undefined ? undefined : headerIn(line.text, shape)
    const dateMs = header === undefined || shape === undefined ? undefined : dateOf(header, shape)
    if (header !== undefined && dateMs === undefined && !isImpossibleSaid) {
      isImpossibleSaid = true
      const date = header.date.join(header.separator)
      notes.complain(
        source.name,
        `has the date ${date} in line ${line.number}, which is none where the others have the ${shape?.order ?? ''}; ` +
          'such lines are taken as text of the message before',
      )
    }
    if (header !== undefined && dateMs !== undefined) {
      if (current !== undefined) yield current
      current = { place, header, timestamp: dateMs + header.ofDayMs, rest: header.rest }
    } else if (current === undefined) {
      yield { place, reason: 'no message begins with it or before it' }
    } else if (current.rest.length <= maxTextLength) {
      // A longer one is refused, and what comes then need not be kept.
      current.rest += '\n'.repeat(Math.min(blankLines, maxTextLength) + 1) + line.text
    }
  }
  if (current !== undefined) yield current
}

function headerIn(line: string, { pattern, hasSeconds }: ChatShape): Header | undefined {
  const header = readHeader(line, [pattern])
  return header?.hasSeconds === hasSeconds ? header : undefined
}
