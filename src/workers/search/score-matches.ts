import { lossPerWord, scoreOfTerm, type Collection } from '../../protocol/words/scores.js'
import type { BlockMatches } from './matches.js'

/** The score of every message that a block's matches find, in their order. */
export function scoreMatches(
  { block, terms, places }: BlockMatches,
  weights: readonly number[],
  collection: Collection,
): Float64Array {
  const scores = new Float64Array(places.length)
  if (places.length === 0) return scores
  const lengths = block.lengths()
  const perWord = lossPerWord(collection)
  terms.forEach((term, index) => {
    const weight = weights[index] ?? 0
    let at = 0
    for (let match = 0; match < places.length; match += 1) {
      const place = places[match] ?? 0
      while (at < term.places.length && (term.places[at] ?? 0) < place) at += 1
      if (term.places[at] !== place) continue
      const score = scoreOfTerm(weight, term.repeats[at] ?? 1, lengths[place] ?? 1, perWord)
      scores[match] = (scores[match] ?? 0) + score
    }
  })
  return scores
}
