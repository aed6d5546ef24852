import { stringify } from 'csv-stringify/sync'
import { columnsOf } from './columns.js'
import type { ExportedRow, RowKind } from './rows.js'

/** Rows as CSV (RFC 4180) with a head line: times are ISO 8601, metadata and members JSON, what is not there is empty. */
export async function* toCsv(
  pages: AsyncIterable<readonly ExportedRow[]>,
  kind: RowKind,
): AsyncGenerator<string> {
  const columns = columnsOf[kind]
  yield stringify([columns.map(({ name }) => name)])
  for await (const rows of pages) {
    yield stringify(
      rows.map((row) =>
        columns.map(({ name, type }) => (type === 'json' ? JSON.stringify(row[name]) : row[name])),
      ),
    )
  }
}
