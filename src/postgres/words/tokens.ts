import type { Lookup, TermLookups, WordQuestion } from '../../protocol/words/lookups.js'
import type { KnownWord } from './known-words.js'
import { maxCount } from '../../protocol/words/scores.js'

/** A tsvector holds a megabyte (https://www.postgresql.org/docs/current/textsearch-limitations.html); this leaves room. */
const maxBytes = 512 * 1024

const quoted = (word: string): string => `'${word.replaceAll(/['\\]/g, '$&$&')}'`

/** `1,2,3`: as many positions as a word stands there. */
const positions = Array.from({ length: maxCount + 1 }, (_, count) =>
  Array.from({ length: count }, (_place, index) => index + 1).join(','),
)

/** The words as texts of tsvectors, as many as they need. */
export function toTokens(found: readonly KnownWord[]): string[] {
  const parts: string[] = []
  let words: string[] = []
  let bytes = 0
  for (const { text: word, count } of found) {
    words.push(`${quoted(word)}:${positions[count] ?? ''}`)
    // Its UTF-8, its positions, and what stands between.
    bytes += Buffer.byteLength(word) + 2 * count + 8
    if (bytes < maxBytes) continue
    parts.push(words.join(' '))
    words = []
    bytes = 0
  }
  if (words.length > 0 || parts.length === 0) parts.push(words.join(' '))
  return parts
}

const lookUp = ({ text, isPrefix }: Lookup): string => quoted(text) + (isPrefix ? ':*' : '')

/** The text of a tsquery that finds what has all look-ups of a term. */
export const queryOfTerm = ({ lookups }: TermLookups): string => `(${lookups.map(lookUp).join(' & ')})`

/** Of a question with terms. Excluded phrases are left out when texts are looked at. */
export function queryOfQuestion({ terms, excluded, isAny }: WordQuestion): string {
  const wanted = terms.map(queryOfTerm).join(isAny ? ' | ' : ' & ')
  const unwanted = excluded.filter(({ isWhole }) => isWhole).map((term) => `!${queryOfTerm(term)}`)
  return [`(${wanted})`, ...unwanted].join(' & ')
}

/** Of what has any look-up of a question, excluded ones, too. */
export const queryOfAny = ({ terms, excluded }: WordQuestion): string =>
  [...terms, ...excluded].flatMap(({ lookups }) => lookups.map(lookUp)).join(' | ')
