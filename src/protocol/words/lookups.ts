import { termsIn } from './term-window.js'
import type { Term, Unit } from './question.js'

/** What is looked up among words: a word, or all that begin so. */
export interface Lookup {
  readonly text: string
  readonly isPrefix: boolean
  readonly isSpaceless: boolean
}

/** A term as it is looked up: every look-up must find a message. */
export interface TermLookups<Found extends Lookup = Lookup> {
  readonly term: Term
  readonly lookups: readonly Found[]
  /** Whether what is found so is all: else the units must also stand side by side, for which the text is looked at. */
  readonly isWhole: boolean
}

/** What is asked of the words. */
export interface WordQuestion<Found extends Lookup = Lookup> {
  readonly terms: readonly TermLookups<Found>[]
  readonly excluded: readonly TermLookups<Found>[]
  /** Whether one of the terms is enough. */
  readonly isAny: boolean
  /** Whether terms that very many messages have are left out where others remain. */
  readonly isForRareWords: boolean
}

export function lookupsOf(term: Term): TermLookups {
  const lookups = term.units.flatMap((unit, index) => lookupsOfUnit(term, unit, index))
  return { term, lookups: withoutRepeats(lookups), isWhole: lookups.length === 1 }
}

/** A long phrase may have one word very often. */
const withoutRepeats = (lookups: readonly Lookup[]): Lookup[] => [
  ...new Map(lookups.map((lookup) => [`${lookup.isPrefix} ${lookup.text}`, lookup])).values(),
]

/** A character without spaces around is looked up with the one behind it; where there is none, as the beginning of any two. */
function lookupsOfUnit(
  { units, isPrefix }: Term,
  { text, isSpaceless, isJoined }: Unit,
  index: number,
): Lookup[] {
  const next = units[index + 1]
  if (!isSpaceless) return [{ text, isSpaceless, isPrefix: isPrefix && next === undefined }]
  if (next?.isJoined === true) return [{ text: text + next.text, isSpaceless, isPrefix: false }]
  // The last one of several is in the two that it ends.
  return isJoined ? [] : [{ text, isSpaceless, isPrefix: true }]
}

/** Whether texts have to be looked at: for words side by side. */
export const needsTexts = ({ terms, excluded }: WordQuestion): boolean =>
  [...terms, ...excluded].some(({ isWhole }) => !isWhole)

/** Whether what must stand side by side does in a text, and what must not does not. */
export function isInText(content: string, { terms, excluded, isAny }: WordQuestion): boolean {
  const found = termsIn(
    content,
    [...terms, ...excluded].map(({ term }) => term),
  )
  if (excluded.some((_, index) => found.has(terms.length + index))) return false
  return isAny ? terms.some((_, index) => found.has(index)) : terms.every((_, index) => found.has(index))
}
