import { Buffer } from 'node:buffer'
import * as words from '../../protocol/words/lookups.js'
import type { Term } from '../../protocol/words/question.js'
import { pageOfWord, pagesPerBlock } from '../words/word-pages.js'

/** What is looked up, and on which pages of words it may be. */
export interface Lookup extends words.Lookup {
  readonly bytes: Buffer
  readonly pages: readonly number[]
}

export type TermLookups = words.TermLookups<Lookup>
export type WordQuestion = words.WordQuestion<Lookup>

const allPages = Array.from({ length: pagesPerBlock }, (_, page) => page)

export function lookupsOf(term: Term): TermLookups {
  const { lookups, isWhole } = words.lookupsOf(term)
  return { term, lookups: lookups.map(onPages), isWhole }
}

function onPages(lookup: words.Lookup): Lookup {
  const { text, isSpaceless, isPrefix } = lookup
  const [first = 0, second] = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  // The words that begin with one letter are on all pages.
  const isEverywhere = isPrefix && !isSpaceless && second === undefined
  const pages = isEverywhere ? allPages : [pageOfWord(first, second ?? 0, isSpaceless)]
  return { ...lookup, bytes: Buffer.from(text), pages }
}
