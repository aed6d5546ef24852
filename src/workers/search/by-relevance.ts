import {
  rareTerms,
  recencyFactor,
  weightOfTerm,
  type Collection,
  type Recency,
} from '../../protocol/words/scores.js'
import { blockLength } from '../words/changed-words.js'
import { pageOfChannel } from '../words/word-pages.js'
import { BestFirst } from './best-first.js'
import type { Candidates, Hit } from './candidates.js'
import type { WordQuestion } from './lookups.js'
import { findMatches, type BlockMatches } from './matches.js'
import type { SearchedBlocks } from './read-blocks.js'
import { scoreMatches } from './score-matches.js'
import { allowedIn, noPlaces, type Extent, type WordBlock } from './word-blocks.js'

/** What is searched, and where the page before ended. */
export interface RelevanceSearch {
  readonly searched: SearchedBlocks
  readonly extent: Extent
  readonly question: WordQuestion
  readonly collection: Collection
  /** In how many messages each term was found for the page before. */
  readonly found: readonly number[] | undefined
  readonly recency: Recency
  /** Score and key of the last hit before; undefined: from the best one on. */
  readonly after: { readonly score: number; readonly key: number } | undefined
  readonly limit: number
}

/** The best hits, and what the next page must go by. */
interface RelevancePage {
  readonly hits: Hit[]
  readonly found: readonly number[]
  /** Of what was found the last one that was stored. */
  readonly lastKey: number
}

/**
 * The best hits, the newest of equals first. Words score all that have them; rows are looked at only while they may be among the
 * best.
 */
export function findByRelevance(candidates: Candidates, search: RelevanceSearch): RelevancePage {
  const { question, collection, recency, limit } = search
  const matches = findAllMatches(search)
  const found = search.found ?? question.terms.map((_, term) => foundIn(matches, term))
  const rare = question.isForRareWords ? rareTerms(found, collection.messages) : found.map(() => true)
  const kept = matches.map((match) => keepTerms(match, rare))
  const weights = found.map((count) => weightOfTerm(collection.messages, count))
  return {
    hits: bestOf(candidates, scoreAll(kept, weights, collection, recency), search, limit),
    found,
    lastKey: matches.reduce((last, match) => Math.max(last, lastKeyOf(match)), 0),
  }
}

const foundIn = (matches: readonly BlockMatches[], term: number): number =>
  matches.reduce((sum, { terms }) => sum + (terms[term]?.places.length ?? 0), 0)

const keyOf = ({ block }: BlockMatches, place: number): number => block.block * blockLength + place
const lastKeyOf = (match: BlockMatches): number => keyOf(match, match.places.at(-1) ?? 0)

/** What any of the terms that are kept finds. */
function keepTerms(match: BlockMatches, isKept: readonly boolean[]): BlockMatches {
  if (!isKept.includes(false)) return match
  const terms = match.terms.map((term, index) => (isKept[index] === true ? term : noPlaces))
  const found = new Set(terms.flatMap(({ places }) => [...places]))
  return { ...match, terms, places: match.places.filter((place) => found.has(place)) }
}

/** Of so many blocks pages are read together, of so many pages each at most. */
const blocksTogether = 64
const maxPagesTogether = 32

function findAllMatches({ searched, extent, question }: RelevanceSearch): BlockMatches[] {
  const pagesOfChannels = distinct((extent.channelKeys ?? []).map(pageOfChannel))
  const pagesOfTerms = distinct(
    [...question.terms, ...question.excluded].flatMap(({ lookups }) => lookups.flatMap(({ pages }) => pages)),
  )
  const { blocks } = searched
  const matches: BlockMatches[] = []
  const readAhead = (some: readonly WordBlock[], pages: readonly number[]): void => {
    if (pages.length > 0 && pages.length <= maxPagesTogether) searched.readAhead(some, pages)
  }
  for (let start = 0; start < blocks.length; start += blocksTogether) {
    const some = blocks.slice(start, start + blocksTogether)
    readAhead(some, pagesOfChannels)
    const allowed = some.map((block) => allowedIn(block, extent))
    // Of blocks in which the channels have nothing no word is looked up.
    const where = some.filter((_, index) => allowed[index]?.places.length !== 0)
    readAhead(where, pagesOfTerms)
    some.forEach((block, index) => matches.push(findMatches(block, question, allowed[index], extent)))
  }
  return matches
}

const distinct = (pages: readonly number[]): number[] => [...new Set(pages)]

/** Of everything found: its key, its score without recency, and the most that it can be with. */
interface Scored {
  readonly keys: Float64Array
  readonly scores: Float64Array
  readonly bounds: Float64Array
}

function scoreAll(
  matches: readonly BlockMatches[],
  weights: readonly number[],
  collection: Collection,
  recency: Recency,
): Scored {
  const size = matches.reduce((sum, { places }) => sum + places.length, 0)
  const scored = {
    keys: new Float64Array(size),
    scores: new Float64Array(size),
    bounds: new Float64Array(size),
  }
  let next = 0
  for (const match of matches.toSorted((one, other) => one.block.block - other.block.block)) {
    const factor = recencyFactor(recency, match.block.latest)
    const scores = scoreMatches(match, weights, collection)
    for (let index = 0; index < scores.length; index += 1) {
      const score = scores[index] ?? 0
      scored.keys[next] = keyOf(match, match.places[index] ?? 0)
      scored.scores[next] = score
      scored.bounds[next] = score * factor
      next += 1
    }
  }
  return scored
}

const isBetter = (one: { score: number; key: number }, other: { score: number; key: number }): boolean =>
  one.score > other.score || (one.score === other.score && one.key > other.key)

function bestOf(
  candidates: Candidates,
  { keys, scores, bounds }: Scored,
  { recency, after }: RelevanceSearch,
  limit: number,
): Hit[] {
  const best = new BestFirst(bounds)
  const hits: Hit[] = []
  for (let index = best.first; index !== undefined; index = best.first) {
    const key = keys[index] ?? 0
    const bound = bounds[index] ?? 0
    const last = hits.length < limit ? undefined : hits.at(-1)
    if (last !== undefined && !isBetter({ score: bound, key: Infinity }, last)) break
    best.removeFirst()
    const timestamp = candidates.timeOf(key)
    if (timestamp === undefined) continue
    const hit = { key, timestamp, score: (scores[index] ?? 0) * recencyFactor(recency, timestamp) }
    if (after !== undefined && !isBetter(after, hit)) continue
    if (last !== undefined && !isBetter(hit, last)) continue
    if (candidates.hasText(key)) insert(hits, hit, limit)
  }
  return hits
}

function insert(hits: Hit[], hit: Hit, limit: number): void {
  const at = hits.findLastIndex((other) => isBetter(other, hit)) + 1
  hits.splice(at, 0, hit)
  if (hits.length > limit) hits.pop()
}
