import type { WordQuestion } from '../../protocol/words/lookups.js'
import type { Session } from '../connection/session.js'
import { boundChannels, formOf, inChannels } from '../reading/channel-forms.js'
import { checkTexts } from './check-texts.js'
import { hasWords } from './found-words.js'
import { isLater, type Hit } from './hits.js'
import { boundKinds, findNewest, toHit, type RowFilter } from './indexed-terms.js'
import { isAskedFor, readBeside } from './words-beside.js'

// Of one channel a range of messages_by_time, of one user of messages_by_user; else what the filters let through is sorted.
const selectNewest = inChannels(
  (of) => `
  SELECT messages.message_key, messages.channel_id, messages.timestamp FROM messages
  WHERE ${of('messages')} AND messages.timestamp > $2 AND (messages.timestamp, messages.message_key) < ($3::bigint, $4::bigint)
    AND ($5::text[] IS NULL OR messages.user_id = ANY ($5::text[])) AND ($6::text IS NULL OR messages.message_type = $6::text)
  ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT $7`,
)

type Place = Pick<Hit, 'timestamp' | 'key'>

interface TimeSearch {
  readonly question: WordQuestion
  readonly filter: RowFilter
  /** Where the page before ended; undefined: from the newest on. */
  readonly after: Place | undefined
  readonly limit: number
}

/** The newest hits. @throws SEARCH_NOT_READY */
export async function findByTime(session: Session, search: TimeSearch): Promise<readonly Hit[]> {
  const { question, filter, after, limit } = search
  const start = after ?? { timestamp: filter.period.before, key: -1 }
  if (question.terms.length === 0) return findWithoutWords(session, search, start)
  const beside = await readBeside(session, question, filter)
  const own = beside.messages
    .filter(
      (message) => isLater(start, message) && isAskedFor(message, filter) && hasWords(message, question),
    )
    .map(({ key, channelId, timestamp }): Hit => ({ key, channelId, timestamp, score: 0 }))
    .toSorted((one, other) => (isLater(one, other) ? -1 : 1))
  const indexed = await gather(session, question, start, limit, async (place, count) => {
    const found = await findNewest(session, question, filter, place, count)
    return { found, wanted: found.filter(({ key }) => !beside.unindexed.has(key)) }
  })
  return [...indexed, ...(await checkTexts(session, question, own))]
    .toSorted((one, other) => (isLater(one, other) ? -1 : 1))
    .slice(0, limit)
}

/** What filters let through and no excluded word is in. */
function findWithoutWords(
  session: Session,
  { question, filter, limit }: TimeSearch,
  start: Place,
): Promise<readonly Hit[]> {
  return gather(session, question, start, limit, async ({ timestamp, key }, count) => {
    const rows = await session.lists<Parameters<typeof toHit>[0]>(selectNewest[formOf(filter.channelIds)], [
      boundChannels(session, filter.channelIds),
      filter.period.after,
      timestamp,
      key,
      ...boundKinds(session, filter),
      count,
    ])
    const found = rows.map(toHit)
    return { found, wanted: found }
  })
}

/** So many are looked for at least, of which their texts leave some out. */
const leastTogether = 64

/** Goes on until there are as many hits as are wanted. */
async function gather(
  session: Session,
  question: WordQuestion,
  start: Place,
  limit: number,
  find: (
    place: Place,
    count: number,
  ) => Promise<{ readonly found: readonly Hit[]; readonly wanted: readonly Hit[] }>,
): Promise<Hit[]> {
  const hits: Hit[] = []
  const hasNoTerms = question.terms.length === 0
  let place = start
  while (hits.length < limit) {
    const count = Math.max(leastTogether, limit - hits.length)
    const { found, wanted } = await find(place, count)
    hits.push(
      ...(await checkTexts(session, question, wanted, hasNoTerms ? question.excluded.length > 0 : undefined)),
    )
    const last = found.at(-1)
    if (last === undefined || found.length < count) break
    place = last
  }
  return hits.slice(0, limit)
}
