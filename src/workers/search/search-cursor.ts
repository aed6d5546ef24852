import { ConvoDbError } from '../../protocol/errors.js'

/** Where a page by relevance ended, and what the scores of its search go by: later messages do not change its order. */
export interface RelevanceCursor {
  readonly score: number
  readonly key: number
  readonly lastKey: number
  readonly recentAt: number
  readonly messages: number
  readonly meanLength: number
}

const fields = ['score', 'key', 'lastKey', 'recentAt', 'messages', 'meanLength'] as const

export const encodeRelevanceCursor = (cursor: RelevanceCursor): string =>
  Buffer.from(JSON.stringify(fields.map((field) => cursor[field]))).toString('base64url')

/** @throws INVALID_ARGUMENT when the text is no cursor of ours */
export function decodeRelevanceCursor(text: string): RelevanceCursor {
  const [score, key, lastKey, recentAt, messages, meanLength] = parse(text)
  if (
    score === undefined ||
    key === undefined ||
    lastKey === undefined ||
    recentAt === undefined ||
    messages === undefined ||
    meanLength === undefined
  ) {
    throw new ConvoDbError(
      'INVALID_ARGUMENT',
      "cursor must be a page's nextCursor, unchanged, of the same order",
      {
        field: 'cursor',
      },
    )
  }
  return { score, key, lastKey, recentAt, messages, meanLength }
}

function parse(text: string): number[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    const isOurs = Array.isArray(values) && values.length === fields.length && values.every(Number.isFinite)
    return isOurs ? values : []
  } catch {
    return []
  }
}
