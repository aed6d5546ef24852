import type { Lookup, TermLookups, WordQuestion } from '../../protocol/words/lookups.js'
import { maxCount } from '../../protocol/words/scores.js'

/** A message, and what of a question's words it has. */
export interface FoundWords {
  readonly key: number
  readonly channelId: string
  readonly timestamp: number
  /** How many words it has, as it is counted. */
  readonly length: number
  /** How often each word stands there; undefined: all that are asked for, each once. */
  readonly counts: ReadonlyMap<string, number> | undefined
}

/** Of `tea 2 cup 1`: no word has a space. */
export function countsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const parts = text.split(' ')
  for (let at = 0; at + 1 < parts.length; at += 2) counts.set(parts[at] ?? '', Number(parts[at + 1]))
  return counts
}

function countOfLookup({ text, isPrefix }: Lookup, counts: ReadonlyMap<string, number>): number {
  if (!isPrefix) return counts.get(text) ?? 0
  let sum = 0
  for (const [word, count] of counts) if (word.startsWith(text)) sum += count
  return Math.min(sum, maxCount)
}

/** How often a term counts: as often as that of its words which stands there least often. */
export function countOfTerm({ lookups }: TermLookups, { counts }: Pick<FoundWords, 'counts'>): number {
  if (counts === undefined) return 1
  let least = lookups.length === 0 ? 0 : maxCount
  for (const lookup of lookups) {
    least = Math.min(least, countOfLookup(lookup, counts))
    if (least === 0) return 0
  }
  return least
}

/** Whether the words are what is asked for, be they side by side or not. */
export function hasWords(found: FoundWords, { terms, excluded, isAny }: WordQuestion): boolean {
  const has = (term: TermLookups): boolean => countOfTerm(term, found) > 0
  if (excluded.some((term) => term.isWhole && has(term))) return false
  return isAny ? terms.some(has) : terms.every(has)
}
