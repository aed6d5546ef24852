import type { ExportedRow } from './rows.js'

/** Rows as NDJSON, in texts of many lines. */
export async function* toNdjson(pages: AsyncIterable<readonly ExportedRow[]>): AsyncGenerator<string> {
  for await (const rows of pages) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
