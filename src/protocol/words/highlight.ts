import type { Mark, Snippet } from '../models.js'
import type { Term } from './question.js'
import { findTerms } from './term-window.js'

/** So many of them are told of one text. */
const maxMarks = 1_000

/** Where a text has what was asked for, in its order; what touches or overlaps is one. */
export function findMarks(text: string, terms: readonly Term[]): Mark[] {
  const marks: Mark[] = []
  findTerms(text, terms, (_, start, end) => {
    // They come by their ends, so that a longer one takes in those before it.
    let first = start
    while ((marks.at(-1)?.end ?? -1) >= first) first = Math.min(first, marks.pop()?.start ?? first)
    if (marks.length < maxMarks) marks.push({ start: first, end })
    return false
  })
  return marks
}

/** Of a snippet before what it begins with and behind what it ends with, where the text goes on. */
const ellipsis = '…'

/** The part of a text that has the most marks, of at most so many characters. */
export function snippetOf(text: string, marks: readonly Mark[], maxLength: number): Snippet {
  if (text.length <= maxLength) return { text, marks: [...marks] }
  const room = maxLength - 2 * ellipsis.length
  const start = startOf(text, marks, room)
  const end = cutBefore(text, Math.min(start + room, text.length))
  const before = start > 0 ? ellipsis : ''
  const after = end < text.length ? ellipsis : ''
  const shift = before.length - start
  // What is longer than the snippet, as a word may be, is marked as far as it is there.
  const inside = marks.filter((mark) => mark.start < end && mark.end > start)
  return {
    text: before + text.slice(start, end) + after,
    marks: inside.map((mark) => ({
      start: Math.max(mark.start, start) + shift,
      end: Math.min(mark.end, end) + shift,
    })),
  }
}

/** With a little of what stands before the first mark of the stretch that has the most. */
function startOf(text: string, marks: readonly Mark[], room: number): number {
  const best = marks[densest(marks, (room * 3) / 4)]
  const wanted = Math.max(0, Math.min((best?.start ?? 0) - Math.floor(room / 4), text.length - room))
  const space = text.slice(wanted, best?.start ?? wanted).search(/\s/u)
  // At the beginning of a word where there is one.
  const start = wanted === 0 || space === -1 ? wanted : wanted + space + 1
  // Not before it: the snippet would end as much earlier, maybe before the mark.
  return isInPair(text, start) ? start + 1 : start
}

/** The first mark of the stretch of this length that has the most of them. */
function densest(marks: readonly Mark[], length: number): number {
  let best = 0
  let most = 0
  let next = 0
  marks.forEach(({ start }, first) => {
    while ((marks[next]?.end ?? Infinity) <= start + length) next += 1
    if (next - first <= most) return
    most = next - first
    best = first
  })
  return best
}

const cutBefore = (text: string, at: number): number => (isInPair(text, at) ? at - 1 : at)

/** Whether it is between the halves of a pair. */
function isInPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc_00 && unit <= 0xdf_ff
}
