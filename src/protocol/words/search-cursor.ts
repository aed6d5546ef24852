import { ConvoDbError } from '../errors.js'

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

export const encodeRelevanceCursor = (cursor: RelevanceCursor): string =>
  Buffer.from(JSON.stringify([...fields.map((field) => cursor[field]), ...cursor.found])).toString(
    'base64url',
  )

/** @throws INVALID_ARGUMENT when the text is no cursor of ours, or not of a question of so many terms */
export function decodeRelevanceCursor(text: string, terms: number): RelevanceCursor {
  const [score, key, lastKey, recentAt, messages, meanLength, ...found] = parse(text)
  if (
    score === undefined ||
    key === undefined ||
    lastKey === undefined ||
    recentAt === undefined ||
    messages === undefined ||
    meanLength === undefined ||
    found.length !== terms
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

function parse(text: string): number[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(values) && values.every(Number.isFinite) ? values : []
  } catch {
    return []
  }
}
