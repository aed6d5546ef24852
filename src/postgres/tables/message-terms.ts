import { countedLength } from '../../protocol/words/scores.js'
import { ofLists, sqlFor } from '../connection/list-rows.js'
import type { Session } from '../connection/session.js'
import { withWordsOf } from '../words/text-words.js'
import { toTokens } from '../words/tokens.js'
import { toVector } from '../words/vectors-of-words.js'
import { noteForIndex, type WordPlace } from './messages-to-index.js'

// Primary keys (message_key, channel_id), here and below.
const deleteTerms = `DELETE FROM message_terms WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const deleteLongTerms = `
  DELETE FROM long_message_terms WHERE message_key = ANY ($1::bigint[]) AND channel_id = ANY ($2::text[])`
const insertTerms = ofLists(
  ['text', 'bigint', 'smallint', 'boolean', 'tsvector'],
  (rows) => `
  INSERT INTO message_terms (channel_id, message_key, length, has_repeats, tokens) ${rows}
  ON CONFLICT (message_key, channel_id) DO UPDATE SET
    length = excluded.length, has_repeats = excluded.has_repeats, tokens = excluded.tokens`,
)
const insertLongTerms = `
  INSERT INTO long_message_terms (channel_id, message_key, length, part, tokens) VALUES ($1, $2, $3, $4, $5::tsvector)`
const addWords = `UPDATE indexed_words SET messages = messages + $1, words = words + $2 WHERE id = 1`
const selectWords = `SELECT messages, words FROM indexed_words WHERE id = 1`

/** A message whose words are to be indexed. */
export interface TextToIndex extends WordPlace {
  readonly content: string
}

interface Terms extends WordPlace {
  readonly length: number
  readonly hasRepeats: boolean
  /** Or, where the words are too many for one, parts of them as texts of vectors. */
  readonly vector: Uint8Array | undefined
  readonly parts: readonly string[]
}

/** To be called behind the statement that gave messages other texts. */
export async function dropTerms(session: Session, places: readonly WordPlace[]): Promise<void> {
  if (places.length === 0) return
  await session.run(deleteTerms, boundOf(session, places))
  await session.run(deleteLongTerms, boundOf(session, places))
  noteForIndex(session, places)
}

const boundOf = (session: Session, places: readonly WordPlace[]) => [
  places.map(({ messageKey }) => messageKey),
  session.ids([...new Set(places.map(({ channelId }) => channelId))]),
]

const termsOf = ({ channelId, messageKey, content }: TextToIndex): Terms =>
  withWordsOf(content, (words, length) => {
    const vector = toVector(words)
    return {
      channelId,
      messageKey,
      length: countedLength(length),
      hasRepeats: words.some(({ count }) => count > 1),
      vector,
      parts: vector === undefined ? toTokens(words) : [],
    }
  })

/** Indexes the words of messages whose rows this transaction has locked. */
export async function saveTerms(session: Session, texts: readonly TextToIndex[]): Promise<void> {
  if (texts.length === 0) return
  const terms = texts.map(termsOf)
  const short = terms.filter(({ vector }) => vector !== undefined)
  const long = terms.filter(({ vector }) => vector === undefined)
  session.send(deleteLongTerms, boundOf(session, terms))
  session.send(sqlFor(session, insertTerms), [
    session.ids(short.map(({ channelId }) => channelId)),
    short.map(({ messageKey }) => messageKey),
    short.map(({ length }) => length),
    short.map(({ hasRepeats }) => hasRepeats),
    short.map(({ vector }) => vector ?? null),
  ])
  if (long.length > 0) session.send(deleteTerms, boundOf(session, long))
  for (const { channelId, messageKey, length, parts } of long)
    for (const [part, tokens] of parts.entries())
      session.send(insertLongTerms, [session.id(channelId), messageKey, length, part, tokens])
  const words = terms.reduce((sum, { length }) => sum + length, 0)
  session.send(addWords, [terms.length, words])
  await session.settle()
}

/** Of how many messages the words were indexed, and how many words. */
export const readIndexedWords = async (session: Session): Promise<{ messages: number; words: number }> =>
  (await session.get<{ messages: number; words: number }>(selectWords)) ?? { messages: 0, words: 0 }
