import type Database from 'better-sqlite3'
import {
  pythonTables,
  type PythonAnswer,
  type PythonRow,
  type PythonTable,
} from '../../protocol/python-database.js'
import { inconsistencies } from './inconsistencies.js'
import { selectRows } from './rows.js'

const rowsAtOnce = 500
/** Of texts and blobs together, after which a page ends. */
const bytesAtOnce = 4 * 1024 * 1024

/**
 * Reads a database of the Python original, all of one moment, page by page.
 *
 * @param database open for reading; the reading holds one transaction until its end.
 */
export function* readPythonDatabase(database: Database.Database): Generator<PythonAnswer> {
  database.exec('BEGIN')
  const names = tableNames(database)
  if (!names.has('messages') || !names.has('channels')) {
    yield { kind: 'failed', reason: whatElse(names) }
    return
  }
  for (const table of pythonTables) {
    if (names.has(table)) yield* asFarAsWhole(table, () => pagesOf(database, table))
  }
  for (const { what, tables, count } of inconsistencies) {
    if (!tables.every((table) => names.has(table))) continue
    yield* asFarAsWhole(what, function* counted() {
      const times = countOf(database, count)
      if (times > 0) yield { kind: 'inconsistent', what, times }
    })
  }
  for (const table of names) {
    if (isRead(table)) continue
    yield* asFarAsWhole(table, function* counted() {
      const rows = countOf(database, `SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
      if (rows > 0) yield { kind: 'passedOver', table, rows }
    })
  }
  yield { kind: 'end' }
}

/** What is damaged, or lacks a column, takes nothing else along. */
function* asFarAsWhole(table: string, read: () => Generator<PythonAnswer>): Generator<PythonAnswer> {
  try {
    yield* read()
  } catch (error) {
    // A version that lacks a column has nothing to compare.
    if (error instanceof Error && error.message.startsWith('no such column')) return
    yield { kind: 'damaged', table, reason: error instanceof Error ? error.message : String(error) }
  }
}

function* pagesOf(database: Database.Database, table: PythonTable): Generator<PythonAnswer> {
  let rows: PythonRow[] = []
  let bytes = 0
  try {
    for (const row of database.prepare<[], PythonRow>(selectRows(database, table)).iterate()) {
      rows.push(row)
      bytes += sizeOf(row)
      if (rows.length < rowsAtOnce && bytes < bytesAtOnce) continue
      yield { kind: 'rows', table, rows }
      rows = []
      bytes = 0
    }
  } finally {
    // Also what was read before the damage.
    yield { kind: 'rows', table, rows }
  }
}

const sizeOf = (row: PythonRow): number =>
  Object.values(row).reduce<number>(
    (sum, value) =>
      sum + (typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 8),
    0,
  )

const tableNames = (database: Database.Database): Set<string> =>
  new Set(
    database
      .prepare<[], string>(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`,
      )
      .pluck()
      .all(),
  )

const countOf = (database: Database.Database, sql: string): number =>
  Number(database.prepare<[], number | bigint>(sql).pluck().get() ?? 0)

const known: ReadonlySet<string> = new Set(pythonTables)
const isRead = (table: string): boolean => known.has(table)

function whatElse(names: ReadonlySet<string>): string {
  const tables = [...names].slice(0, 5).join(', ') || 'none'
  return `is an SQLite database, and none of the Python original's: it has no tables channels and messages (its tables: ${tables})`
}
