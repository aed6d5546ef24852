import { blockLength } from '../words/changed-words.js'
import type { WordPlaces } from '../words/word-page.js'
import type { TermLookups, WordQuestion } from './lookups.js'
import {
  byUsers,
  intersect,
  noPlaces,
  placesOf,
  union,
  type Allowed,
  type Extent,
  type WordBlock,
} from './word-blocks.js'

/** What a block has of a question's terms. */
export interface BlockMatches {
  readonly block: WordBlock
  /** Of each term, among the messages that are searched. */
  readonly terms: readonly WordPlaces[]
  /** The messages that the question finds, rising. */
  readonly places: Uint16Array
}

export function findMatches(
  block: WordBlock,
  question: WordQuestion,
  allowed: Allowed,
  extent: Extent,
): BlockMatches {
  if (allowed?.places.length === 0)
    return { block, terms: question.terms.map(() => noPlaces), places: allowed.places }
  const terms = question.terms.map((term) => placesOfTerm(block, term, allowed))
  const found = byUsers(block, placesOfAll(block, question, terms, allowed), extent)
  if (found.length === 0) return { block, terms, places: found }
  const excluded = question.excluded
    // Others are left out when their texts are looked at.
    .filter(({ isWhole }) => isWhole)
    .map((term) => placesOfTerm(block, term, allowed).places)
  return { block, terms, places: without(found, excluded) }
}

/** Every look-up of it. Those of a phrase need not stand side by side. */
function placesOfTerm(block: WordBlock, { lookups }: TermLookups, allowed: Allowed): WordPlaces {
  const [first, ...others] = lookups
  if (first === undefined) return noPlaces
  let found = placesOf(block, first, allowed)
  for (const lookup of others) {
    if (found.places.length === 0) return found
    found = intersect(found, placesOf(block, lookup, allowed))
  }
  return found
}

function placesOfAll(
  block: WordBlock,
  { isAny }: WordQuestion,
  terms: readonly WordPlaces[],
  allowed: Allowed,
): Uint16Array {
  const [first, ...others] = terms
  if (first === undefined) return placesOfMessages(block, allowed)
  if (others.length === 0) return first.places
  if (isAny) return union(terms).places
  return others.reduce((found, term) => (found.places.length === 0 ? found : intersect(found, term)), first)
    .places
}

/** Of those that are allowed the places at which there are messages: of a block's places others may be in other parts of it. */
function placesOfMessages(block: WordBlock, allowed: Allowed): Uint16Array {
  const lengths = block.lengths()
  const places = allowed?.places ?? Uint16Array.from(lengths.keys())
  return places.filter((place) => (lengths[place] ?? 0) > 0)
}

function without(places: Uint16Array, excluded: readonly Uint16Array[]): Uint16Array {
  if (excluded.every((list) => list.length === 0)) return places
  const dropped = new Uint8Array(blockLength)
  for (const list of excluded) for (const place of list) dropped[place] = 1
  return places.filter((place) => dropped[place] === 0)
}
