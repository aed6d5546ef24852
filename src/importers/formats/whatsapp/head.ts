import { toAsciiDigits } from './digits.js'

/** A header with what is longest in it is shorter. */
const maxLength = 80

/** Invisible marks of the direction of writing, which stand anywhere. */
const marks = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/
const allMarks = new RegExp(marks, 'g')
const spaces = /[\u00A0\u2007\u2009\u202F]/g

/** How a line begins, in one way of writing: without marks, with one kind of space, of digit and of comma. */
export interface LineHead {
  readonly text: string
  /** The line behind the first so many characters of `text`, as it is written. */
  after(length: number): string
}

/** The head of a line; undefined where what it begins with is the beginning of no date, as that of most lines of a long text is. */
export function readHead(line: string): LineHead | undefined {
  if (!/^[\u200E\u200F\u061C\u202A-\u202E]*\[?[\u200E\u200F\u061C\u202A-\u202E]*[RH]?\p{Nd}/u.test(line)) {
    return undefined
  }
  const start = line.slice(0, maxLength)
  // Most are plain, and a chat has hundreds of thousands of them.
  if (!/[^ -~]/.test(start)) return { text: start, after: (length) => line.slice(length) }
  const text = toAsciiDigits(start.replaceAll(allMarks, '')).replaceAll(spaces, ' ').replaceAll('،', ',')
  return { text, after: (length) => line.slice(lengthWithMarks(line, length)) }
}

/** How long a beginning of so many characters is with its marks. */
function lengthWithMarks(line: string, length: number): number {
  let left = length
  let at = 0
  for (; left > 0; at += 1) if (!marks.test(line.charAt(at))) left -= 1
  return at
}
