import type Database from 'better-sqlite3'
import type { PythonTable } from '../../protocol/python-database.js'

/** By what rows are ordered, beside the order in which they were stored. */
const orderColumns: { readonly [Table in PythonTable]?: readonly string[] } = {
  user_profiles: ['updated_at'],
  segment_messages: ['segment_id', 'position_in_segment'],
}

const selectColumns = `SELECT name FROM pragma_table_info(?)`
const selectHasRowid = `SELECT NOT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?`

/**
 * All rows of one of other people's tables, whose columns vary by version: they are read by name, and ordered by what there is. The
 * file's own indexes serve where it has some.
 */
export function selectRows(database: Database.Database, table: PythonTable): string {
  const columns = new Set(database.prepare<[string], string>(selectColumns).pluck().all(table))
  const order = (orderColumns[table] ?? []).filter((column) => columns.has(column))
  const hasRowid = Boolean(database.prepare<[string], number | bigint>(selectHasRowid).pluck().get(table))
  const all = hasRowid ? [...order, 'rowid'] : order
  return `SELECT * FROM ${table}${all.length === 0 ? '' : ` ORDER BY ${all.join(', ')}`}`
}
