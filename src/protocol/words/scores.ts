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
const shortest = saturation * (1 - lengthWeight)

/** Words of a message of chat. */
export const usualLength = 10

/** How often a term or a word counts in one message, and how many words of it count. */
export const maxCount = 255

/** How long a message of so many words counts as. */
export const countedLength = (words: number): number => Math.min(Math.max(words, 1), maxCount)

/** How much a term says: the rarer it is, the more. */
export const weightOfTerm = (messages: number, found: number): number =>
  Math.log(1 + Math.max(messages - found + 0.5, 0.5) / (found + 0.5))

/** What a message loses by each of its words. */
export const lossPerWord = ({ meanLength }: Collection): number =>
  (saturation * lengthWeight) / Math.max(meanLength, 1)

/** What a term of a weight adds to the score (BM25) of a message in which it stands so often. */
export const scoreOfTerm = (weight: number, repeats: number, length: number, perWord: number): number =>
  (weight * (saturation + 1) * repeats) / (repeats + (shortest + perWord * length))

/** In so many messages a term is looked for, however few there are. */
const neverCommon = 1_000

/** Which terms less than a tenth of all messages have; all, where none is so rare. */
export function rareTerms(found: readonly number[], messages: number): boolean[] {
  const limit = Math.max(messages / 10, neverCommon)
  const rare = found.map((count) => count > 0 && count < limit)
  return rare.includes(true) ? rare : found.map(() => true)
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
