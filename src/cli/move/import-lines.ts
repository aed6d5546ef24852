import { importFiles } from '../../importers/import-files.js'
import { ndjsonInput } from '../../importers/inputs/ndjson-input.js'
import type { DatabaseManager } from '../../main/index.js'

/**
 * Stores lines of an export; resolves when they are durable. A line that names what has gone from the source since is refused: comparing
 * finds whether anything is missing in the end.
 *
 * @param onRefused is told why
 * @returns how many went in
 * @throws what ended it
 */
export async function importLines(
  db: DatabaseManager,
  texts: readonly string[],
  onRefused: (reason: string) => void,
): Promise<number> {
  let refused = 0
  const source = {
    name: 'the source',
    async *read() {
      for (const text of texts) yield Buffer.from(text)
    },
  }
  const { failure } = await importFiles(async () => db, [ndjsonInput(source, 'message')], {
    onBadLine: ({ reason }) => {
      refused += 1
      onRefused(reason)
    },
  })
  if (failure !== undefined) throw failure
  return countLines(texts) - refused
}

export const countLines = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0)
