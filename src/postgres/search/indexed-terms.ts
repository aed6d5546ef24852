import type { WordQuestion } from '../../protocol/words/lookups.js'
import type { SearchScope } from '../../protocol/words/search-scope.js'
import type { Value } from '../connection/bound-values.js'
import type { Session } from '../connection/session.js'
import { queryOfQuestion, queryOfTerm } from '../words/tokens.js'
import { boundChannels, formOf, inChannels } from '../reading/channel-forms.js'
import type { Hit } from './hits.js'
import { countsOf, type FoundWords } from './found-words.js'

// All of these seek the words' index (channel_id, tokens) and, for each message that has them, the primary key of messages. Not every Citus
// plans an aggregate inside a row of several nodes: so lists of counts are put together by ARRAY.
const joined = `
  message_terms AS terms JOIN messages ON messages.message_key = terms.message_key AND messages.channel_id = terms.channel_id`
const kinds = `
  ($5::text[] IS NULL OR messages.user_id = ANY ($5::text[])) AND ($6::text IS NULL OR messages.message_type = $6::text)`
const selectFound = inChannels(
  (of) => `
  SELECT terms.message_key, messages.channel_id, messages.timestamp, terms.length,
    CASE WHEN terms.has_repeats OR $9::boolean THEN nullif(array_to_string(ARRAY (
      SELECT found.lexeme || ' ' || cardinality(found.positions)
      FROM unnest(terms.tokens) AS found (lexeme, positions, weights)
      WHERE found.lexeme = ANY ($7::text[]) OR found.lexeme ^@ ANY ($8::text[])
    ), ' '), '') END AS counts
  FROM ${joined}
  WHERE ${of('terms')} AND ${of('messages')} AND terms.tokens @@ $2::tsquery
    AND messages.timestamp > $3 AND messages.timestamp < $4 AND ${kinds}`,
)
const selectNewest = inChannels(
  (of) => `
  SELECT terms.message_key, messages.channel_id, messages.timestamp FROM ${joined}
  WHERE ${of('terms')} AND ${of('messages')} AND terms.tokens @@ $2::tsquery
    AND messages.timestamp > $3 AND (messages.timestamp, messages.message_key) < ($4::bigint, $7::bigint) AND ${kinds}
  ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT $8`,
)
const countTerms = inChannels(
  (of) => `
  SELECT count(*) AS count FROM message_terms AS terms WHERE ${of('terms')} AND terms.tokens @@ $2::tsquery`,
)

/** What the rows must be, beside having the words. */
export interface RowFilter extends SearchScope {
  readonly messageType: string | undefined
}

export const boundKinds = (session: Session, { userIds, messageType }: RowFilter): Value[] => [
  userIds === undefined ? null : session.ids(userIds),
  messageType === undefined ? null : session.id(messageType),
]

type FoundRow = [key: number, channelId: string, timestamp: number, length: number, counts: string | null]

/** All that have the words of a question that has terms. */
export async function findIndexed(
  session: Session,
  question: WordQuestion,
  filter: RowFilter,
): Promise<FoundWords[]> {
  const { terms, isAny } = question
  const lookups = terms.flatMap((term) => term.lookups)
  const exact = lookups.filter(({ isPrefix }) => !isPrefix).map(({ text }) => text)
  const prefixes = lookups.filter(({ isPrefix }) => isPrefix).map(({ text }) => text)
  const rows = await session.lists<FoundRow>(selectFound[formOf(filter.channelIds)], [
    boundChannels(session, filter.channelIds),
    queryOfQuestion(question),
    filter.period.after,
    filter.period.before,
    ...boundKinds(session, filter),
    exact,
    prefixes,
    // Else each stands there once, as most do.
    prefixes.length > 0 || (isAny && terms.length > 1),
  ])
  return rows.map(([key, channelId, timestamp, length, counts]) => ({
    key,
    channelId,
    timestamp,
    length,
    counts: counts === null ? undefined : countsOf(counts),
  }))
}

type NewestRow = [key: number, channelId: string, timestamp: number]

/** The newest before a place that have the words of a question that has terms. */
export async function findNewest(
  session: Session,
  question: WordQuestion,
  filter: RowFilter,
  before: { readonly timestamp: number; readonly key: number },
  limit: number,
): Promise<Hit[]> {
  const rows = await session.lists<NewestRow>(selectNewest[formOf(filter.channelIds)], [
    boundChannels(session, filter.channelIds),
    queryOfQuestion(question),
    filter.period.after,
    before.timestamp,
    ...boundKinds(session, filter),
    before.key,
    limit,
  ])
  return rows.map(toHit)
}

export const toHit = ([key, channelId, timestamp]: NewestRow): Hit => ({
  key,
  channelId,
  timestamp,
  score: 0,
})

/** In how many messages of the channels each term is. */
export async function countIndexed(
  session: Session,
  { terms }: WordQuestion,
  scope: SearchScope,
): Promise<number[]> {
  const channels = boundChannels(session, scope.channelIds)
  const countTerm = async (query: string): Promise<number> =>
    (await session.get<{ count: number }>(countTerms[formOf(scope.channelIds)], [channels, query]))?.count ??
    0
  return Promise.all(terms.map((term) => countTerm(queryOfTerm(term))))
}
