import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { maxPageLength } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import { lookupsOf, type WordQuestion } from '../../protocol/words/lookups.js'
import { parseQuestion, type Question } from '../../protocol/words/question.js'
import { decodeRelevanceCursor, encodeRelevanceCursor } from '../../protocol/words/search-cursor.js'
import {
  assertRecency,
  defaultSearchLimit,
  isAsking,
  recencyOf,
  scopeOfSearch,
  searchIsOff,
} from '../../protocol/words/search-scope.js'
import type { Session } from '../connection/session.js'
import { findByRelevance } from './by-relevance.js'
import { findByTime } from './by-time.js'
import type { Hit } from './hits.js'
import { readHits } from './hit-rows.js'
import type { RowFilter } from './indexed-terms.js'

type Params = WireParams<'searchMessages'>

/** @throws SEARCH_OFF, SEARCH_NOT_READY, INVALID_ARGUMENT */
export async function searchMessages(
  session: Session,
  params: Params,
): Promise<WireResult<'searchMessages'>> {
  assertRecency(params)
  const question = parseQuestion(params.text)
  const { hits, encode } = await findHits(session, params, question)
  const limit = params.limit ?? defaultSearchLimit
  const { rows, last } = await readHits(session, hits.slice(0, limit), params, question, maxPageLength)
  const isLast = last === undefined || last === hits.at(-1)
  return { items: rows, nextCursor: isLast ? null : encode(last) }
}

interface FoundHits {
  /** As many as asked for and, where there are more, one more. */
  readonly hits: readonly Hit[]
  encode(last: Hit): string
}

function findHits(session: Session, params: Params, question: Question): Promise<FoundHits> {
  const words: WordQuestion = {
    terms: question.terms.map(lookupsOf),
    excluded: question.excluded.map(lookupsOf),
    isAny: params.match === 'any',
    isForRareWords: false,
  }
  const order = question.terms.length === 0 ? 'time' : (params.order ?? 'relevance')
  const search = { ...params, limit: params.limit ?? defaultSearchLimit }
  const find = order === 'time' ? pageByTime : pageByRelevance
  return find(session, search, words, filterOf(session, params, question))
}

/** Undefined: there is nothing to be found. */
function filterOf(session: Session, params: Omit<Params, 'text'>, question: Question): RowFilter | undefined {
  const heldTo = session.scope.isHeld ? session.scope.channelIds : undefined
  const scope = scopeOfSearch(params, question, heldTo)
  const isNobody = scope.channelIds?.length === 0 || scope.userIds?.length === 0
  return isNobody || !isAsking(question) ? undefined : { ...scope, messageType: params.messageType }
}

/**
 * The best hits for words of which any is enough, without those that a tenth of all messages have, as long as others are left.
 *
 * @throws SEARCH_OFF, SEARCH_NOT_READY, INVALID_ARGUMENT
 */
export async function rankByWords(
  session: Session,
  params: Omit<Params, 'text' | 'match' | 'order'>,
  question: Question,
  limit: number,
): Promise<readonly Hit[]> {
  assertRecency(params)
  const words = { terms: question.terms.map(lookupsOf), excluded: [], isAny: true, isForRareWords: true }
  const filter = filterOf(session, params, question)
  // A hit more than asked for tells of a next page, which nobody wants here.
  return (await pageByRelevance(session, { ...params, limit: limit - 1 }, words, filter)).hits
}

type Search = Omit<Params, 'text' | 'match' | 'order'> & { readonly limit: number }

async function pageByTime(
  session: Session,
  { cursor, limit }: Search,
  question: WordQuestion,
  filter: RowFilter | undefined,
): Promise<FoundHits> {
  const place = cursor === undefined ? undefined : decodeCursor(cursor)
  const after = place && { timestamp: place.value, key: place.key }
  assertSearchIsOn(session)
  if (filter === undefined) return nothing
  return {
    hits: await findByTime(session, { question, filter, after, limit: limit + 1 }),
    encode: ({ timestamp, key }) => encodeCursor({ value: timestamp, key }),
  }
}

const nothing: FoundHits = { hits: [], encode: () => '' }

async function pageByRelevance(
  session: Session,
  { cursor, limit, ...weighing }: Search,
  question: WordQuestion,
  filter: RowFilter | undefined,
): Promise<FoundHits> {
  const after = cursor === undefined ? undefined : decodeRelevanceCursor(cursor, question)
  assertSearchIsOn(session)
  if (filter === undefined) return nothing
  const recencyFrom = (at: number) => recencyOf(weighing, at)
  const { hits, next } = await findByRelevance(session, {
    question,
    filter,
    recencyFrom,
    after,
    limit: limit + 1,
  })
  return { hits, encode: ({ score, key }) => encodeRelevanceCursor({ ...next, score, key }, question) }
}

function assertSearchIsOn(session: Session): void {
  if (!session.isSearchOn) throw searchIsOff()
}
