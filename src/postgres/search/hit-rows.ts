import type { WireParams } from '../../protocol/operations.js'
import { findMarks, snippetOf } from '../../protocol/words/highlight.js'
import type { Question } from '../../protocol/words/question.js'
import { defaultSnippetLength } from '../../protocol/words/search-scope.js'
import type { Session } from '../connection/session.js'
import { keyOf, lengthOf, rowColumns, rowOf, type KeyedRow } from '../reading/message-rows.js'
import { findShown } from '../tables/shown-with-messages.js'
import type { Hit } from './hits.js'

// The primary key (message_key, channel_id).
const selectRows = `
  SELECT ${rowColumns} FROM messages
  WHERE messages.message_key = ANY ($1::bigint[]) AND messages.channel_id = ANY ($2::text[])`

type Params = Pick<WireParams<'searchMessages'>, 'highlight' | 'snippetLength' | 'with'>

/** So many are read at a time, lest a long page of long rows is read whole before it is cut. */
const rowsPerStep = 64

/** The rows of some hits, in their order, until they are long together; and the last hit among them. */
export async function readHits(
  session: Session,
  hits: readonly Hit[],
  params: Params,
  question: Question,
  maxLength: number,
): Promise<{ readonly rows: (readonly unknown[])[]; readonly last: Hit | undefined }> {
  const rows: (readonly unknown[])[] = []
  let length = 0
  let last: Hit | undefined
  for (let start = 0; start < hits.length; start += rowsPerStep) {
    const some = hits.slice(start, start + rowsPerStep)
    const found = await readRows(session, some)
    const shownOf = await findShown(session, [...found.values()], params)
    for (const hit of some) {
      // A page ends where it is long, as listings do.
      if (length > maxLength) return { rows, last }
      last = hit
      const row = found.get(hit.key)
      // In a transaction that has no snapshot others may delete it meanwhile.
      if (row === undefined) continue
      const shown = shownOf === undefined ? [] : [shownOf(row)]
      rows.push([...rowOf(row), hit.score, ...marksOf(row, params, question), ...shown])
      length += lengthOf(row)
    }
  }
  return { rows, last }
}

/** By their keys. */
export async function readRows(
  session: Session,
  hits: readonly Pick<Hit, 'key' | 'channelId'>[],
): Promise<Map<number, KeyedRow>> {
  const rows = await session.lists<KeyedRow>(selectRows, [
    hits.map(({ key }) => key),
    session.ids([...new Set(hits.map(({ channelId }) => channelId))]),
  ])
  return new Map(rows.map((row) => [keyOf(row), row]))
}

function marksOf(
  row: KeyedRow,
  { highlight, snippetLength = defaultSnippetLength }: Params,
  { terms }: Question,
): (string | null)[] {
  if (highlight !== true) return [null, null]
  const [, , , content] = row
  const marks = findMarks(content, terms)
  return [JSON.stringify(marks), JSON.stringify(snippetOf(content, marks, snippetLength))]
}
