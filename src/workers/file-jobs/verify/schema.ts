import Database from 'better-sqlite3'
import { Connection, type ReadConnection } from '../../connection/connection.js'
import { migrations } from '../../schema/migrate.js'
import type { Check } from './inspection.js'

// The statistics of `optimize` come and go.
const selectSchema = `
  SELECT type, name, tbl_name AS tableName, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'`
const selectEncoding = `SELECT encoding FROM pragma_encoding`

interface SchemaRow {
  readonly type: string
  readonly name: string
  readonly tableName: string
  readonly sql: string | null
}

/** The schema, statement by statement, and the encoding of texts, against those of a new file. */
export const schema: Check = {
  name: 'schema',
  snapshot: 'check',
  run(inspection) {
    const { connection } = inspection
    const [encoding] = connection.column<string>(selectEncoding)
    if (encoding !== 'UTF-8') inspection.report({ message: `Texts are in ${encoding}, not in UTF-8` })
    const expected = schemaOfNewFile()
    const ours = new Set(expected.map(({ tableName }) => tableName))
    const actual = readSchema(connection)
    const find = (rows: readonly SchemaRow[], { type, name }: SchemaRow) =>
      rows.find((row) => row.type === type && row.name === name)
    for (const row of expected) {
      const found = find(actual, row)
      const table = row.tableName
      if (found === undefined) inspection.report({ table, message: `The ${describe(row)} is missing` })
      else if (found.sql !== row.sql || found.tableName !== table) {
        inspection.report({ table, message: `The ${describe(row)} is not as this version makes it` })
      }
    }
    // A borrower's own tables are left alone; what hangs on ours could change our rows.
    const strange = actual.filter((row) => ours.has(row.tableName) && find(expected, row) === undefined)
    for (const row of strange) {
      inspection.report({ table: row.tableName, message: `The ${describe(row)} is not ours` })
    }
  },
}

const readSchema = (connection: ReadConnection): SchemaRow[] => connection.all<SchemaRow>(selectSchema)

const describe = ({ type, name }: SchemaRow): string => `${type} ${name}`

/** Every file has been through the same steps, so an old one's schema reads like a new one's. */
function schemaOfNewFile(): SchemaRow[] {
  const connection = new Connection(new Database(':memory:'))
  try {
    connection.defineChecksums()
    connection.pragma('foreign_keys = 0')
    for (const migration of migrations) connection.exec(migration)
    return readSchema(connection)
  } finally {
    connection.close()
  }
}
