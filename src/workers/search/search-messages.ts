import { ConvoDbError } from '../../protocol/errors.js'
import { maxPageLength } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Packed } from '../../protocol/packed.js'
import { parseQuestion, type Question } from '../../protocol/words/question.js'
import { findMarks, snippetOf } from '../../protocol/words/highlight.js'
import { decodeRelevanceCursor, encodeRelevanceCursor } from '../../protocol/words/search-cursor.js'
import {
  assertRecency,
  defaultSearchLimit,
  defaultSnippetLength,
  isAsking,
  recencyOf,
} from '../../protocol/words/search-scope.js'
import type { ReadConnection } from '../connection/connection.js'
import type { HitRow } from '../../protocol/message-rows.js'
import { answerPage } from '../reading/pack-answer.js'
import { decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { hitsToJson } from '../reading/row-json.js'
import { findByKey, lengthOfRow, valuesOf } from '../tables/message-rows.js'
import { withShown } from '../tables/shown-with-messages.js'
import { findByRelevance } from './by-relevance.js'
import { findByTime } from './by-time.js'
import { Candidates, type Hit } from './candidates.js'
import { extentOf, type Extents } from './extent.js'
import { lookupsOf, type WordQuestion } from './lookups.js'
import { readBlocks } from './read-blocks.js'

type Params = WireParams<'searchMessages'>

/** @throws SEARCH_OFF, SEARCH_NOT_READY, INVALID_ARGUMENT */
export function searchMessages(
  connection: ReadConnection,
  params: Params,
): WireResult<'searchMessages'> | Packed {
  const { rows, nextCursor } = readPage(connection, params)
  return answerPage(withShown(connection, rows, params), { nextCursor })
}

/** The same as the JSON that callers of HTTP get. */
export function searchMessagesAsJson(connection: ReadConnection, params: Params): string {
  const { rows, nextCursor } = readPage(connection, params)
  return hitsToJson(withShown(connection, rows, params), nextCursor)
}

function readPage(connection: ReadConnection, params: Params): { rows: HitRow[]; nextCursor: string | null } {
  assertRecency(params)
  const question = parseQuestion(params.text)
  const { hits, encode } = findHits(connection, params, question)
  const rows: HitRow[] = []
  let length = 0
  let last: Hit | undefined
  for (const hit of hits.slice(0, params.limit ?? defaultSearchLimit)) {
    // A page ends where it is long, as listings do.
    if (length > maxPageLength) break
    const row = toRow(connection, hit, params, question)
    last = hit
    rows.push(row)
    length += lengthOfRow(row)
  }
  const isLast = last === undefined || rows.length === hits.length
  return { rows, nextCursor: isLast ? null : encode(last) }
}

/**
 * The best hits for words of which any is enough, without those that a tenth of all messages have, as long as others are left.
 *
 * @throws SEARCH_OFF, SEARCH_NOT_READY, INVALID_ARGUMENT
 */
export function rankByWords(
  connection: ReadConnection,
  params: Omit<Params, 'text' | 'match' | 'order'>,
  question: Question,
  limit: number,
): { readonly key: number; readonly time: number; readonly score: number }[] {
  assertRecency(params)
  const terms = question.terms.map(lookupsOf)
  const words = terms.length === 0 ? undefined : { terms, excluded: [], isAny: true, isForRareWords: true }
  // A hit more than asked for tells of a next page, which nobody wants here.
  const { hits } = pageByRelevance(
    connection,
    { ...params, limit: limit - 1 },
    words,
    extentOf(connection, params, question),
  )
  return hits.map(({ key, timestamp, score }) => ({ key, time: timestamp, score }))
}

interface FoundHits {
  /** As many as asked for and, where there are more, one more. */
  readonly hits: readonly Hit[]
  encode(last: Hit | undefined): string
}

function findHits(connection: ReadConnection, params: Params, question: Question): FoundHits {
  const extents = extentOf(connection, params, question)
  const words: WordQuestion = {
    terms: question.terms.map(lookupsOf),
    excluded: question.excluded.map(lookupsOf),
    isAny: params.match === 'any',
    isForRareWords: false,
  }
  const order = question.terms.length === 0 ? 'time' : (params.order ?? 'relevance')
  const search = { ...params, limit: params.limit ?? defaultSearchLimit }
  const find = order === 'time' ? pageByTime : pageByRelevance
  return find(connection, search, isAsking(question) ? words : undefined, extents)
}

type Search = Omit<Params, 'text' | 'match' | 'order'> & { readonly limit: number }

function pageByTime(
  connection: ReadConnection,
  { cursor, limit, messageType }: Search,
  question: WordQuestion | undefined,
  { extent, period }: Extents,
): FoundHits {
  const place = cursor === undefined ? undefined : decodeCursor(cursor)
  const after = place && { timestamp: place.value, key: place.key }
  const { blocks, lastKey } = readBlocks(connection, period)
  if (question === undefined || extent === undefined) return nothing
  const candidates = new Candidates(connection, { ...period, messageType }, question)
  const search = { blocks, extent: { ...extent, lastKey }, question, after, limit: limit + 1 }
  return {
    hits: findByTime(candidates, search),
    encode: ({ timestamp, key } = noHit) => encodeCursor({ value: timestamp, key }),
  }
}

const noHit: Hit = { key: 0, timestamp: 0, score: 0 }
const nothing: FoundHits = { hits: [], encode: () => '' }
const noWords = { terms: [], excluded: [] }

function pageByRelevance(
  connection: ReadConnection,
  { cursor, limit, messageType, ...weighing }: Search,
  question: WordQuestion | undefined,
  extents: Extents,
): FoundHits {
  const { extent, period } = extents
  const after = cursor === undefined ? undefined : decodeRelevanceCursor(cursor, question ?? noWords)
  const searched = readBlocks(connection, period)
  if (question === undefined || extent === undefined) return nothing
  const collection = after ?? extents.collection(searched.blocks)
  const { recentAt, messages, meanLength } = collection
  const recency = recencyOf(weighing, recentAt)
  const candidates = new Candidates(connection, { ...period, messageType }, question)
  const { hits, found, lastKey } = findByRelevance(candidates, {
    searched,
    extent: { ...extent, lastKey: after?.lastKey ?? searched.lastKey },
    question,
    collection,
    found: after?.found,
    recency,
    after,
    limit: limit + 1,
  })
  return {
    hits,
    encode: ({ score, key } = noHit) =>
      encodeRelevanceCursor(
        { score, key, lastKey: after?.lastKey ?? lastKey, recentAt, messages, meanLength, found },
        question,
      ),
  }
}

function toRow(
  connection: ReadConnection,
  { key, score }: Hit,
  { highlight, snippetLength = defaultSnippetLength }: Params,
  { terms }: Question,
): HitRow {
  const message = findByKey(connection, key)
  if (message === undefined)
    throw new ConvoDbError('INTERNAL', `The message ${key} is gone from its snapshot`)
  if (highlight !== true) return [...valuesOf(message), score, null, null]
  const marks = findMarks(message.content, terms)
  const snippet = snippetOf(message.content, marks, snippetLength)
  return [...valuesOf(message), score, JSON.stringify(marks), JSON.stringify(snippet)]
}
