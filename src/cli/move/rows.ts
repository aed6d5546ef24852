import { hash } from 'node:crypto'
import type { DatabaseManager, ExportedLines } from '../../main/index.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'
import type { RowsState } from './state.js'

/** Pages of a kind's lines, each with the place behind it. */
export async function* readPages(db: DatabaseManager, from: RowsState): AsyncGenerator<ExportedLines> {
  let { upTo, cursor } = from
  do {
    const page: ExportedLines = await db.execute('exportRows', { kind: from.kind, upTo, cursor })
    upTo = page.upTo
    cursor = page.nextCursor ?? undefined
    yield page
  } while (cursor !== undefined)
}

/** Each line of a kind, with its end. */
export async function* readLines(db: DatabaseManager, kind: ExportKind): AsyncGenerator<string[]> {
  for await (const { lines } of readPages(db, { kind, upTo: undefined, cursor: undefined })) {
    yield lines === ''
      ? []
      : lines
          .slice(0, -1)
          .split('\n')
          .map((line) => `${line}\n`)
  }
}

/** 64 bits of its SHA-256: two lines are the same line where these are. */
export const hashLine = (line: string): bigint =>
  hash('sha256', line.includes('"messages":[') ? inOneOrder(line) : line, 'buffer').readBigUInt64LE()

/** Members of one position stand in the order in which they came. */
function inOneOrder(line: string): string {
  const row: { readonly kind?: string; readonly messages?: readonly Member[] } = JSON.parse(line)
  if ((row.kind !== 'segment' && row.kind !== 'members') || row.messages === undefined) return line
  return JSON.stringify({ ...row, messages: row.messages.toSorted(byPosition) })
}

interface Member {
  readonly messageId: string
  readonly position: number
}

const byPosition = (one: Member, other: Member): number =>
  one.position - other.position || (one.messageId < other.messageId ? -1 : 1)
