import { importFiles } from '../../importers/import-files.js'
import type { DatabaseManager } from '../../main/index.js'

/**
 * Stores lines of an export; resolves when they are durable. A line that names what has gone from the source since is refused: comparing
 * finds whether anything is missing in the end.
 *
 * @param onRefused is told why
 * @throws what ended it
 */
export async function importLines(
  db: DatabaseManager,
  texts: readonly string[],
  onRefused: (reason: string) => void,
): Promise<void> {
  const source = {
    name: 'the source',
    sizeBytes: undefined,
    bytesRead: 0,
    async *read() {
      for (const text of texts) yield Buffer.from(text)
    },
  }
  const files = { channels: [], messages: [source], segments: [] }
  const { failure } = await importFiles(async () => db, files, {
    onBadLine: ({ reason }) => onRefused(reason),
  })
  if (failure !== undefined) throw failure
}
