import { afterAllTime, beforeAllTime } from '../../protocol/cursors.js'
import type { WordQuestion } from '../../protocol/words/lookups.js'
import type { RelevanceCursor } from '../../protocol/words/search-cursor.js'
import {
  lossPerWord,
  rareTerms,
  recencyFactor,
  scoreOfTerm,
  usualLength,
  weightOfTerm,
  type Collection,
  type Recency,
} from '../../protocol/words/scores.js'
import type { Session } from '../connection/session.js'
import { readIndexedWords } from '../tables/message-terms.js'
import { checkTexts } from './check-texts.js'
import { countOfTerm, hasWords, type FoundWords } from './found-words.js'
import { isBetter, type Hit } from './hits.js'
import { countIndexed, findIndexed, type RowFilter } from './indexed-terms.js'
import { isAskedFor, readBeside, type WordsBeside } from './words-beside.js'

const readActivity = `
  /* all nodes */ SELECT coalesce(sum(message_count), 0)::bigint AS messages, max(last_active) AS "recentAt" FROM channels
  WHERE $1::text[] IS NULL OR channel_id = ANY ($1::text[])`

/** What is searched, and where the page before ended. */
interface RelevanceSearch {
  readonly question: WordQuestion
  readonly filter: RowFilter
  readonly recencyFrom: (at: number) => Recency
  readonly after: RelevanceCursor | undefined
  readonly limit: number
}

/** The best hits, and what the next page must go by. */
interface RelevancePage {
  readonly hits: readonly Hit[]
  readonly next: Omit<RelevanceCursor, 'score' | 'key'>
}

/** The best hits, the newest of equals first. @throws SEARCH_NOT_READY */
export async function findByRelevance(session: Session, search: RelevanceSearch): Promise<RelevancePage> {
  const { question, filter, after, limit } = search
  const beside = await readBeside(session, question, filter)
  const collection = after ?? (await readCollection(session, filter, beside))
  const counted = after?.found ?? (await countFound(session, question, filter, beside))
  const rare = question.isForRareWords && counted ? rareTerms(counted, collection.messages) : undefined
  const kept = { ...question, terms: question.terms.filter((_, index) => rare?.[index] ?? true) }
  const matches = await findMatches(session, kept, filter, beside)
  // Of one word alone, wherever it may be, what has it was not counted before.
  const found = counted ?? [matches.length]
  const weights = found
    .filter((_, index) => rare?.[index] ?? true)
    .map((count) => weightOfTerm(collection.messages, count))
  const lastKey = after?.lastKey ?? matches.reduce((last, { key }) => Math.max(last, key), 0)
  const scored = matches
    .filter(({ key }) => key <= lastKey)
    .map((match) => score(match, kept, weights, collection, search.recencyFrom(collection.recentAt)))
    .filter((hit) => after === undefined || isBetter(after, hit))
    .toSorted((one, other) => (isBetter(one, other) ? -1 : 1))
  const { messages, meanLength, recentAt } = collection
  return {
    hits: await firstRight(session, question, scored, limit),
    next: { lastKey, recentAt, messages, meanLength, found },
  }
}

async function readCollection(
  session: Session,
  filter: RowFilter,
  { unindexedMessages, unindexedWords }: WordsBeside,
): Promise<Collection & { readonly recentAt: number }> {
  const activity = await session.get<{ messages: number; recentAt: number | null }>(readActivity, [
    filter.channelIds === undefined ? null : session.ids(filter.channelIds),
  ])
  const indexed = await readIndexedWords(session)
  const ofAll = (indexed.words + unindexedWords) / Math.max(indexed.messages + unindexedMessages, 1)
  return {
    messages: activity?.messages ?? 0,
    recentAt: activity?.recentAt ?? beforeAllTime,
    // Whoever is held to some channels learns nothing of others, not how long their messages are either.
    meanLength: session.scope.isHeld ? usualLength : ofAll,
  }
}

/** In how many messages of the channels each term is; undefined where all that is found tells it. */
async function countFound(
  session: Session,
  question: WordQuestion,
  filter: RowFilter,
  { messages }: WordsBeside,
): Promise<number[] | undefined> {
  const { terms, excluded } = question
  const { userIds, messageType, period } = filter
  const isWhole = period.after === beforeAllTime && period.before === afterAllTime
  const isPlain = userIds === undefined && messageType === undefined && excluded.length === 0
  if (terms.length === 1 && isWhole && isPlain) return undefined
  const indexed = await countIndexed(session, question, filter)
  return terms.map(
    (term, index) =>
      (indexed[index] ?? 0) + messages.filter((message) => countOfTerm(term, message) > 0).length,
  )
}

async function findMatches(
  session: Session,
  question: WordQuestion,
  filter: RowFilter,
  { messages, unindexed }: WordsBeside,
): Promise<FoundWords[]> {
  const indexed = await findIndexed(session, question, filter)
  return [
    ...indexed.filter(({ key }) => !unindexed.has(key)),
    ...messages.filter((message) => isAskedFor(message, filter) && hasWords(message, question)),
  ]
}

function score(
  match: FoundWords,
  { terms }: WordQuestion,
  weights: readonly number[],
  collection: Collection,
  recency: Recency,
): Hit {
  const perWord = lossPerWord(collection)
  let sum = 0
  terms.forEach((term, index) => {
    const count = countOfTerm(term, match)
    if (count > 0) sum += scoreOfTerm(weights[index] ?? 0, count, match.length, perWord)
  })
  const { key, channelId, timestamp } = match
  return { key, channelId, timestamp, score: sum * recencyFactor(recency, timestamp) }
}

/** So many texts are looked at together. */
const textsTogether = 200

async function firstRight(
  session: Session,
  question: WordQuestion,
  scored: readonly Hit[],
  limit: number,
): Promise<Hit[]> {
  const hits: Hit[] = []
  for (let start = 0; start < scored.length && hits.length < limit; start += textsTogether)
    hits.push(...(await checkTexts(session, question, scored.slice(start, start + textsTogether))))
  return hits.slice(0, limit)
}
