import type { DatabaseManager, ExportedLines } from '../../main/index.js'
import { exportKinds } from '../../protocol/operations/transfer.js'
import { countLines, importLines } from './import-lines.js'
import { readPages } from './rows.js'
import type { RowsState } from './state.js'

/** Lines go in by so many characters at a time; then it is noted how far they are. */
const charactersAtOnce = 8 * 1024 * 1024

export interface CopyOptions {
  readonly signal: AbortSignal
  readonly onRefused: (reason: string) => void
  /** Told where to go on, once what lies before is durable; undefined when all are copied. */
  readonly onCopied: (state: RowsState | undefined, rows: number) => Promise<void>
}

/** Copies all rows from where it stopped, kind by kind, in the order in which they came into being: of what came since, changes tell. */
export async function copyRows(
  from: DatabaseManager,
  to: DatabaseManager,
  start: RowsState,
  { signal, onRefused, onCopied }: CopyOptions,
): Promise<void> {
  let upTo = start.upTo
  const firstKind = exportKinds.indexOf(start.kind)
  for (const [index, kind] of exportKinds.entries()) {
    if (index < firstKind) continue
    const cursor = kind === start.kind ? start.cursor : undefined
    for await (const { lines, last } of gather(readPages(from, { kind, upTo, cursor }))) {
      signal.throwIfAborted()
      await importLines(to, lines, onRefused)
      upTo ??= last.upTo
      const { nextCursor } = last
      const nextKind = nextCursor === null ? exportKinds[index + 1] : kind
      const next = nextKind && { kind: nextKind, upTo, cursor: nextCursor ?? undefined }
      await onCopied(next, countLines(lines))
    }
  }
}

interface Gathered {
  readonly lines: readonly string[]
  readonly last: ExportedLines
}

/** While some go in the next are read. */
async function* gather(pages: AsyncGenerator<ExportedLines>): AsyncGenerator<Gathered> {
  let next = takeSome(pages)
  for (let some = await next; some !== undefined; some = await next) {
    next = takeSome(pages)
    // Told where it is awaited.
    next.catch(() => undefined)
    yield some
  }
}

async function takeSome(pages: AsyncGenerator<ExportedLines>): Promise<Gathered | undefined> {
  const lines: string[] = []
  let last: ExportedLines | undefined
  for (let characters = 0; characters < charactersAtOnce; characters += last.lines.length) {
    const { value, done } = await pages.next()
    if (done === true) break
    lines.push(value.lines)
    last = value
  }
  return last && { lines, last }
}
