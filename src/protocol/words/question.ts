import { scanWords, type Run, type RunSink } from './scan-words.js'
import { parseTime } from '../time.js'

/** So many characters of a question count, and so many words of them. */
const maxQuestionLength = 10_000
const maxTerms = 64

/** What a text consists of to a search: a word, or one character of a script without spaces, folded. */
export interface Unit {
  readonly text: string
  readonly isSpaceless: boolean
  /** Of a script without spaces: whether nothing is between it and the character before, so that the two are a word. */
  readonly isJoined: boolean
}

/** What must stand in a message, or must not: units side by side, of which the last may be the beginning of a word. */
export interface Term {
  readonly units: readonly Unit[]
  readonly isPrefix: boolean
}

/** What somebody wants to find, as they wrote it. */
export interface Question {
  readonly terms: readonly Term[]
  readonly excluded: readonly Term[]
  /** Ids of users and of channels of which one must be the message's, where there are any. */
  readonly from: readonly string[]
  readonly in: readonly string[]
  /** Epoch milliseconds: earlier than this, and not earlier than that. */
  readonly before?: number
  readonly since?: number
}

/** The words of a text, each once, as a question of which any is enough: nothing in it has a meaning of its own. */
export function wordsOf(given: string): Question {
  const units = unitsOf(given.slice(0, maxQuestionLength))
  const terms = new Map<string, Term>()
  units.forEach((unit, index) => {
    const next = units[index + 1]
    const isPair = next?.isJoined === true
    // The last one of several without spaces is in the pair that it ends.
    if (unit.isJoined && !isPair) return
    const term = { units: isPair ? [unit, next] : [unit], isPrefix: false }
    if (terms.size < maxTerms) terms.set(term.units.map(({ text }) => text).join(''), term)
  })
  return { terms: [...terms.values()], excluded: [], from: [], in: [] }
}

class UnitList implements RunSink {
  readonly units: Unit[] = []

  run({ codePoints, length }: Run, isSpaceless: boolean): void {
    const characters = codePoints.subarray(0, length)
    if (isSpaceless)
      characters.forEach((codePoint, index) =>
        this.units.push({ text: String.fromCodePoint(codePoint), isSpaceless, isJoined: index > 0 }),
      )
    else
      this.units.push({
        text: String.fromCodePoint(...characters),
        isSpaceless,
        isJoined: false,
      })
  }
}

/** The units of a text, in their order. */
function unitsOf(text: string): Unit[] {
  const list = new UnitList()
  scanWords(text, list)
  return list.units
}

const quotes: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»', '「': '」' }
const filterNames = ['from', 'in', 'before', 'after'] as const
const filter = new RegExp(`^(${filterNames.join('|')}):`, 'iu')

/** A part of a question as it is written: bare, or in quotation marks. */
interface Part {
  readonly text: string
  readonly end: number
  readonly isPrefix: boolean
}

/**
 * Reads a question: words, `"a phrase"`, `-not`, `prefix*`, `from:user`, `in:channel`, `before:2026-01-31`, `after:2026-01-31`. Whatever is none of
 * these is text: nothing is refused.
 */
export function parseQuestion(given: string): Question {
  const text = given.slice(0, maxQuestionLength)
  const terms: Term[] = []
  const excluded: Term[] = []
  const filters: Record<(typeof filterNames)[number], string[]> = { from: [], in: [], before: [], after: [] }
  let at = 0
  for (;;) {
    while (at < text.length && /\s/u.test(text.charAt(at))) at += 1
    if (at >= text.length) break
    const isExcluded = text[at] === '-' && /\S/u.test(text.charAt(at + 1))
    const start = isExcluded ? at + 1 : at
    const named = isExcluded ? undefined : readFilter(text, start)
    if (named !== undefined) {
      filters[named.name].push(named.value)
      at = named.end
      continue
    }
    const part = readPart(text, start)
    at = part.end
    // Filters count however many words stand before them.
    if (terms.length + excluded.length === maxTerms) continue
    const units = unitsOf(part.text)
    if (units.length > 0) (isExcluded ? excluded : terms).push({ units, isPrefix: part.isPrefix })
  }
  return { terms, excluded, from: filters.from, in: filters.in, ...periodOf(filters) }
}

/** Dates stand for the whole day, month or year: before its first moment, or from then on. Of several the narrowest counts. */
function periodOf({
  before,
  after,
}: {
  readonly before: readonly string[]
  readonly after: readonly string[]
}) {
  const times = (dates: readonly string[]): number[] => dates.map((date) => parseDate(date) ?? Number.NaN)
  return {
    ...(before.length > 0 && { before: Math.min(...times(before)) }),
    ...(after.length > 0 && { since: Math.max(...times(after)) }),
  }
}

/** The first moment of a year, a month or a day; or a time. */
function parseDate(text: string): number | undefined {
  if (/^\d{4}$/u.test(text)) return parseTime(`${text}-01-01`)
  return parseTime(/^\d{4}-\d\d$/u.test(text) ? `${text}-01` : text)
}

function readFilter(text: string, start: number) {
  const match = filter.exec(text.slice(start, start + 8))
  const name = filterNames.find((known) => known === match?.[1]?.toLowerCase())
  if (name === undefined) return undefined
  const value = readPart(text, start + name.length + 1, false)
  const isDate = name === 'before' || name === 'after'
  if (value.text === '' || (isDate && parseDate(value.text) === undefined)) return undefined
  return { name, value: value.text, end: value.end }
}

/** Up to white space or, in quotation marks, up to the closing one; without that, up to the end. */
function readPart(text: string, start: number, mayBePrefix = true): Part {
  const closing = Object.hasOwn(quotes, text.charAt(start)) ? quotes[text.charAt(start)] : undefined
  if (closing === undefined) {
    const [word = ''] = /^\S*/u.exec(text.slice(start)) ?? []
    const isPrefix = mayBePrefix && /[^*]\*$/u.test(word)
    return { text: word, end: start + word.length, isPrefix }
  }
  const found = text.indexOf(closing, start + 1)
  const end = found === -1 ? text.length : found
  const isPrefix = mayBePrefix && text[end + 1] === '*'
  return { text: text.slice(start + 1, end), end: end + (isPrefix ? 2 : 1), isPrefix }
}
