import { blockLength } from '../words/changed-words.js'
import type { WordPlaces } from '../words/word-page.js'
import type { TermLookups } from './lookups.js'
import { intersect, placesOf, restrict, type Allowed, type WordBlock } from './word-blocks.js'

/** What is asked of the words. */
export interface WordQuestion {
  readonly terms: readonly TermLookups[]
  readonly excluded: readonly TermLookups[]
  /** Whether one of the terms is enough. */
  readonly isAny: boolean
}

/** What a block has of a question's terms. */
export interface BlockMatches {
  readonly block: WordBlock
  /** Of each term, among the messages that are searched. */
  readonly terms: readonly WordPlaces[]
  /** The messages that the question finds, rising. */
  readonly places: Uint16Array
}

export function findMatches(block: WordBlock, question: WordQuestion, allowed: Allowed): BlockMatches {
  const terms = question.terms.map((term) => restrict(placesOfTerm(block, term), allowed))
  const excluded = question.excluded
    // Others are left out when their texts are looked at.
    .filter(({ isWhole }) => isWhole)
    .map((term) => placesOfTerm(block, term).places)
  return { block, terms, places: without(placesOfAll(block, question, terms, allowed), excluded) }
}

/** Every look-up of it. Those of a phrase need not stand side by side. */
function placesOfTerm(block: WordBlock, { lookups }: TermLookups): WordPlaces {
  const [first, ...others] = lookups
  if (first === undefined) return { places: new Uint16Array(0), repeats: new Uint8Array(0) }
  let found = placesOf(block, first)
  for (const lookup of others) {
    if (found.places.length === 0) return found
    found = intersect(found, placesOf(block, lookup))
  }
  return found
}

function placesOfAll(
  block: WordBlock,
  { isAny }: WordQuestion,
  terms: readonly WordPlaces[],
  allowed: Allowed,
): Uint16Array {
  if (terms.length === 1 && terms[0] !== undefined) return terms[0].places
  const counts = new Uint8Array(blockLength)
  if (terms.length === 0) {
    block.lengths().forEach((length, place) => {
      if (length > 0 && (allowed === undefined || allowed[place] === 1)) counts[place] = 1
    })
  }
  for (const { places } of terms) for (const place of places) counts[place] = (counts[place] ?? 0) + 1
  const needed = isAny ? 1 : Math.max(terms.length, 1)
  const found = new Uint16Array(blockLength)
  let size = 0
  for (let place = 0; place < blockLength; place += 1) {
    if ((counts[place] ?? 0) < needed) continue
    found[size] = place
    size += 1
  }
  return found.subarray(0, size)
}

function without(places: Uint16Array, excluded: readonly Uint16Array[]): Uint16Array {
  if (excluded.every((list) => list.length === 0)) return places
  const dropped = new Uint8Array(blockLength)
  for (const list of excluded) for (const place of list) dropped[place] = 1
  return places.filter((place) => dropped[place] === 0)
}
