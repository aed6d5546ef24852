import { blockLength } from '../words/changed-words.js'
import type { BlockMatches } from './matches.js'
import type { Allowed, WordBlock } from './word-blocks.js'

/** What is known of all messages that are searched, by which a message is scored. */
export interface Collection {
  readonly messages: number
  /** Words of a message, on average. */
  readonly meanLength: number
}

/** As usual (Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009). */
const saturation = 1.2
const lengthWeight = 0.75

/** The messages that are searched, and their words. */
export class CollectionCount {
  #messages = 0
  #words = 0

  add(block: WordBlock, allowed: Allowed): void {
    if (allowed === undefined) {
      this.#messages += block.messages
      this.#words += block.words
      return
    }
    const lengths = block.lengths()
    for (let place = 0; place < lengths.length; place += 1) {
      const length = lengths[place] ?? 0
      if (length === 0 || allowed[place] !== 1) continue
      this.#messages += 1
      this.#words += length
    }
  }

  get collection(): Collection {
    return { messages: this.#messages, meanLength: this.#words / Math.max(this.#messages, 1) }
  }
}

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
  const sums = new Float64Array(blockLength)
  terms.forEach((term, index) => {
    const weight = weights[index] ?? 0
    for (let at = 0; at < term.places.length; at += 1) {
      const place = term.places[at] ?? 0
      const repeats = term.repeats[at] ?? 1
      const relativeLength = (lengths[place] ?? 1) / Math.max(meanLength, 1)
      const norm = saturation * (1 - lengthWeight + lengthWeight * relativeLength)
      sums[place] = (sums[place] ?? 0) + (weight * repeats * (saturation + 1)) / (repeats + norm)
    }
  })
  places.forEach((place, index) => {
    scores[index] = sums[place] ?? 0
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
