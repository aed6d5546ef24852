import { ByteWriter, ParquetWriter, schemaFromColumnData, type BasicType } from 'hyparquet-writer'
import { columnsOf, type Column, type ColumnType } from './columns.js'
import type { ExportedRow, RowKind } from './rows.js'

/** What is written together, and stays in memory until then. */
const groupRows = 20_000
const groupLength = 16 * 1024 * 1024

const types: { readonly [Type in ColumnType]: BasicType } = {
  text: 'STRING',
  time: 'TIMESTAMP',
  number: 'DOUBLE',
  json: 'JSON',
}

/** Rows as Apache Parquet, packed with Snappy; metadata and members are JSON. */
export async function* toParquet(
  pages: AsyncIterable<readonly ExportedRow[]>,
  kind: RowKind,
): AsyncGenerator<Uint8Array> {
  const columns = columnsOf[kind]
  const writer = new ByteWriter()
  const schema = schemaFromColumnData({ columnData: toColumns([], columns) })
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'convodb' })
  for await (const rows of groups(pages)) {
    await parquet.write({ columnData: toColumns(rows, columns), rowGroupSize: rows.length })
    yield written(writer)
  }
  await parquet.finish()
  yield written(writer)
}

/** Takes what has been written so far; the writer goes on counting from there. */
function written(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}

async function* groups(pages: AsyncIterable<readonly ExportedRow[]>): AsyncGenerator<ExportedRow[]> {
  let group: ExportedRow[] = []
  let length = 0
  for await (const rows of pages) {
    for (const row of rows) {
      group.push(row)
      length += lengthOf(row)
      if (group.length < groupRows && length < groupLength) continue
      yield group
      group = []
      length = 0
    }
  }
  if (group.length > 0) yield group
}

const lengthOf = ({ content, metadata, messages }: ExportedRow): number =>
  String(content ?? '').length + (metadata === undefined && messages === undefined ? 50 : 500)

const toColumns = (rows: readonly ExportedRow[], columns: readonly Column[]) =>
  columns.map(({ name, type }) => ({
    name,
    type: types[type],
    nullable: true,
    data: rows.map((row) => toCell(row[name], type)),
  }))

function toCell(value: ExportedRow[string], type: ColumnType): unknown {
  if (value === undefined || value === null) return undefined
  return type === 'time' && typeof value === 'string' ? new Date(value) : value
}
