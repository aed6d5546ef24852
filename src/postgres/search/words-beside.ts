import type { WordQuestion } from '../../protocol/words/lookups.js'
import { countedLength } from '../../protocol/words/scores.js'
import { searchIsNotReady, type SearchScope } from '../../protocol/words/search-scope.js'
import type { Session } from '../connection/session.js'
import { readTexts } from '../reading/contents.js'
import { countUnindexed, listUnindexed } from '../tables/messages-to-index.js'
import { queryOfAny } from '../words/tokens.js'
import { wordsOfText } from '../words/text-words.js'
import { boundChannels, formOf, inChannels } from '../reading/channel-forms.js'
import { countsOf, type FoundWords } from './found-words.js'
import type { RowFilter } from './indexed-terms.js'

/** Of so many messages a search collects the words by itself. */
const maxUnindexed = 32_768

// Seeks the words' index (channel_id, tokens): few messages have so many words.
const selectLong = inChannels(
  (of) => `
  SELECT terms.message_key AS key, messages.channel_id AS "channelId", messages.timestamp, terms.length,
    messages.user_id AS "userId", messages.message_type AS "messageType", nullif(array_to_string(ARRAY (
      SELECT found.lexeme || ' ' || cardinality(found.positions)
      FROM unnest(terms.tokens) AS found (lexeme, positions, weights)
      WHERE found.lexeme = ANY ($3::text[]) OR found.lexeme ^@ ANY ($4::text[])
    ), ' '), '') AS counts
  FROM long_message_terms AS terms
  JOIN messages ON messages.message_key = terms.message_key AND messages.channel_id = terms.channel_id
  WHERE ${of('terms')} AND ${of('messages')} AND terms.tokens @@ $2::tsquery`,
)
const sumMessages = `/* all nodes */ SELECT coalesce(sum(message_count), 0)::bigint AS count FROM channels`

/** A message that is searched by its own text or by the parts of its words. */
export interface MessageBeside extends FoundWords {
  readonly userId: string
  readonly messageType: string
}

/** What is searched beside the index. */
export interface WordsBeside {
  readonly messages: readonly MessageBeside[]
  /** Those that are not indexed, whatever the index says of them: how many they are, and how many words they have. */
  readonly unindexed: ReadonlySet<number>
  readonly unindexedMessages: number
  readonly unindexedWords: number
}

/** @throws SEARCH_NOT_READY */
export async function readBeside(
  session: Session,
  question: WordQuestion,
  scope: SearchScope,
): Promise<WordsBeside> {
  const places = await listUnindexed(session, scope.channelIds, maxUnindexed + 1)
  if (places.length > maxUnindexed) throw await notReady(session)
  const unindexed = new Set(places.map(({ messageKey }) => messageKey))
  const messages: MessageBeside[] = []
  let unindexedWords = 0
  for await (const { messageKey, content, ...row } of readTexts(session, places)) {
    const { counts, length } = wordsOfText(content)
    const counted = countedLength(length)
    unindexedWords += counted
    messages.push({ ...row, key: messageKey, counts, length: counted })
  }
  const unindexedMessages = messages.length
  messages.push(...(await readLong(session, question, scope)).filter(({ key }) => !unindexed.has(key)))
  return { messages, unindexed, unindexedMessages, unindexedWords }
}

async function notReady(session: Session): Promise<Error> {
  const unindexed = await countUnindexed(session)
  const all = (await session.get<{ count: number }>(sumMessages))?.count ?? 0
  return searchIsNotReady(session.scope.isHeld, Math.max(all - unindexed, 0), all)
}

type LongRow = Omit<MessageBeside, 'counts'> & { readonly counts: string | null }

/** Each word is in one part of its message. */
async function readLong(
  session: Session,
  question: WordQuestion,
  scope: SearchScope,
): Promise<MessageBeside[]> {
  const lookups = [...question.terms, ...question.excluded].flatMap((term) => term.lookups)
  const texts = (isPrefix: boolean): string[] =>
    lookups.filter((lookup) => lookup.isPrefix === isPrefix).map(({ text }) => text)
  const rows = await session.all<LongRow>(selectLong[formOf(scope.channelIds)], [
    boundChannels(session, scope.channelIds),
    queryOfAny(question),
    texts(false),
    texts(true),
  ])
  return [...Map.groupBy(rows, ({ key }) => key).values()].flatMap((parts) => {
    const [first] = parts
    if (first === undefined) return []
    const counts = new Map(parts.flatMap((part) => [...countsOf(part.counts ?? '')]))
    return [{ ...first, counts }]
  })
}

/** Whether a message is one of those that are asked for, whatever its words. */
export const isAskedFor = (message: MessageBeside, { userIds, messageType, period }: RowFilter): boolean =>
  message.timestamp > period.after &&
  message.timestamp < period.before &&
  (userIds === undefined || userIds.includes(message.userId)) &&
  (messageType === undefined || message.messageType === messageType)
