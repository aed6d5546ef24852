import type { BlockMatches } from './matches.js'

/** By what a message is scored beside its own words. */
export interface Collection {
  /** How many messages are searched. */
  readonly messages: number
  /** Words of a message, on average. */
  readonly meanLength: number
}

/** As usual (Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009). */
const saturation = 1.2
const lengthWeight = 0.75

/** How much a term says: the rarer it is, the more. */
export const weightOfTerm = (messages: number, found: number): number =>
  Math.log(1 + Math.max(messages - found + 0.5, 0.5) / (found + 0.5))

/** BM25 of every message that a block's matches find, in their order. */
export function scoreMatches(
  { block, terms, places }: BlockMatches,
  weights: readonly number[],
  { meanLength }: Collection,
): Float64Array {
  const scores = new Float64Array(places.length)
  if (places.length === 0) return scores
  const lengths = block.lengths()
  const shortest = saturation * (1 - lengthWeight)
  const perWord = (saturation * lengthWeight) / Math.max(meanLength, 1)
  terms.forEach((term, index) => {
    const most = (weights[index] ?? 0) * (saturation + 1)
    let at = 0
    for (let match = 0; match < places.length; match += 1) {
      const place = places[match] ?? 0
      while (at < term.places.length && (term.places[at] ?? 0) < place) at += 1
      if (term.places[at] !== place) continue
      const repeats = term.repeats[at] ?? 1
      const norm = shortest + perWord * (lengths[place] ?? 1)
      scores[match] = (scores[match] ?? 0) + (most * repeats) / (repeats + norm)
    }
  })
  return scores
}

/** How an earlier message's score falls: by `weight` of itself at most, half of that in a half-life. */
export interface Recency {
  readonly weight: number
  readonly halfLifeMs: number
  /** From when on ages are counted, epoch milliseconds: the latest message's time. */
  readonly at: number
}

export function recencyFactor({ weight, halfLifeMs, at }: Recency, timestamp: number): number {
  const age = Math.max(at - timestamp, 0)
  return 1 - weight + weight * 2 ** (-age / halfLifeMs)
}
