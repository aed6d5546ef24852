import { Buffer } from 'node:buffer'
import type { Term, Unit } from '../../protocol/words/question.js'
import { pageOfWord, pagesPerBlock } from '../words/index-words.js'

/** What is looked up on pages of words: a word, or all that begin so. */
export interface Lookup {
  readonly bytes: Buffer
  readonly isPrefix: boolean
  readonly pages: readonly number[]
}

/** A term as it is looked up: every look-up must find a message. */
export interface TermLookups {
  readonly term: Term
  readonly lookups: readonly Lookup[]
  /** Whether what is found so is all: else the units must also stand side by side, for which the text is looked at. */
  readonly isWhole: boolean
}

const allPages = Array.from({ length: pagesPerBlock }, (_, page) => page)

const codePointsOf = (text: string): number[] =>
  Array.from(text, (character) => character.codePointAt(0) ?? 0)

function lookUp(text: string, isSpaceless: boolean, isPrefix: boolean): Lookup {
  const [first = 0, second] = codePointsOf(text)
  // The words that begin with one letter are on all pages.
  const isEverywhere = isPrefix && !isSpaceless && second === undefined
  const pages = isEverywhere ? allPages : [pageOfWord(first, second ?? 0, isSpaceless)]
  return { bytes: Buffer.from(text), isPrefix, pages }
}

export function lookupsOf(term: Term): TermLookups {
  const lookups = term.units.flatMap((unit, index) => lookupsOfUnit(term, unit, index))
  return { term, lookups: withoutRepeats(lookups), isWhole: lookups.length === 1 }
}

/** A long phrase may have one word very often. */
const withoutRepeats = (lookups: readonly Lookup[]): Lookup[] => [
  ...new Map(
    lookups.map((lookup) => [`${lookup.isPrefix} ${lookup.bytes.toString('hex')}`, lookup]),
  ).values(),
]

/** A character without spaces around is looked up with the one behind it; where there is none, as the beginning of any two. */
function lookupsOfUnit(
  { units, isPrefix }: Term,
  { text, isSpaceless, isJoined }: Unit,
  index: number,
): Lookup[] {
  const next = units[index + 1]
  if (!isSpaceless) return [lookUp(text, false, isPrefix && next === undefined)]
  if (next?.isJoined === true) return [lookUp(text + next.text, true, false)]
  // The last one of several is in the two that it ends.
  return isJoined ? [] : [lookUp(text, true, true)]
}
