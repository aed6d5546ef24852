import type { DatabaseManager, ExportedLines } from '../../main/index.js'
import { exportKinds } from '../../protocol/operations/transfer.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'

/** Of these some rows belong to one channel; users and what is theirs belong to none. */
const kindsOfChannel: ReadonlySet<ExportKind> = new Set([
  'model',
  'channel',
  'message',
  'segment',
  'embedding',
])

/**
 * Everything that is in a database as lines that say their kind, of which an import makes an equal one. Messages and
 * segments that come meanwhile are left out.
 */
export async function* exportEverything(
  db: DatabaseManager,
  channelId: string | undefined,
): AsyncGenerator<string> {
  let upTo: string | undefined
  for (const kind of exportKinds) {
    if (channelId !== undefined && !kindsOfChannel.has(kind)) continue
    let cursor: string | undefined
    do {
      const page: ExportedLines = await db.execute('exportRows', { kind, channelId, upTo, cursor })
      upTo ??= page.upTo
      yield page.lines
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
  }
}
