import type { DatabaseManager, ExportedLines } from '../../main/index.js'
import { exportKinds } from '../../protocol/operations/transfer.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'
import { linesSince } from './since.js'

/** Of these some rows belong to one channel; users and what is theirs, but for reactions, belong to none. */
const kindsOfChannel: ReadonlySet<ExportKind> = new Set([
  'model',
  'channel',
  'message',
  'version',
  'reaction',
  'segment',
  'embedding',
])

/**
 * Everything that is in a database as lines that say their kind, of which an import makes an equal one. Messages and
 * segments that come meanwhile are left out.
 *
 * @param since only what was said or changed then or later, for a database that has what was before; epoch milliseconds.
 */
export async function* exportEverything(
  db: DatabaseManager,
  channelId: string | undefined,
  since?: number,
): AsyncGenerator<string> {
  let upTo: string | undefined
  for (const kind of exportKinds) {
    if (channelId !== undefined && !kindsOfChannel.has(kind)) continue
    const ofThen = since === undefined ? undefined : linesSince(kind, since)
    let cursor: string | undefined
    do {
      const page: ExportedLines = await db.execute('exportRows', { kind, channelId, upTo, cursor })
      upTo ??= page.upTo
      yield ofThen === undefined ? page.lines : ofThen(page.lines)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
  }
}
