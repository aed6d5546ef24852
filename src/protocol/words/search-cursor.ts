import { crc32 } from 'node:zlib'
import { ConvoDbError } from '../errors.js'
import type { Term } from './question.js'

/** Where a page by relevance ended, and what the scores of its search go by: what changes later does not change its order. */
export interface RelevanceCursor {
  readonly score: number
  readonly key: number
  /** Of what was found the last one that was stored. */
  readonly lastKey: number
  readonly recentAt: number
  readonly messages: number
  readonly meanLength: number
  /** In how many messages each term of the question was found. */
  readonly found: readonly number[]
}

const fields = ['score', 'key', 'lastKey', 'recentAt', 'messages', 'meanLength'] as const

/** The words of a question as it was looked up. */
interface AskedWords {
  readonly terms: readonly { readonly term: Term }[]
  readonly excluded: readonly { readonly term: Term }[]
}

export function encodeRelevanceCursor(cursor: RelevanceCursor, words: AskedWords): string {
  const numbers = [...fields.map((field) => cursor[field]), sumOf(words), ...cursor.found]
  return Buffer.from(JSON.stringify(numbers)).toString('base64url')
}

/** @throws INVALID_ARGUMENT when the text is no cursor of ours, or not of a question of these words */
export function decodeRelevanceCursor(text: string, words: AskedWords): RelevanceCursor {
  const [score, key, lastKey, recentAt, messages, meanLength, sum, ...found] = parse(text)
  if (
    score === undefined ||
    key === undefined ||
    lastKey === undefined ||
    recentAt === undefined ||
    messages === undefined ||
    meanLength === undefined ||
    sum !== sumOf(words) ||
    found.length !== words.terms.length
  ) {
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      "cursor must be a page's nextCursor, unchanged, of the same question and order",
      {
        field: 'cursor',
      },
    )
  }
  return { score, key, lastKey, recentAt, messages, meanLength, found }
}

/** Tells one question's words from another's: scores of other words are in another order. */
function sumOf({ terms, excluded }: AskedWords): number {
  const written = [terms, excluded].map((list) =>
    list.map(({ term: { units, isPrefix } }) => [isPrefix, ...units.map(({ text }) => text)]),
  )
  return crc32(JSON.stringify(written))
}

function parse(text: string): number[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(values) && values.every(Number.isFinite) ? values : []
  } catch {
    return []
  }
}
