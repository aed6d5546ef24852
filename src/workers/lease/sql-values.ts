import type { RunResult, SqlParams, SqlRow, SqlValue } from '../../protocol/lease.js'
import type { BindParams, BindValue, Connection } from '../connection/connection.js'

/** Whole numbers bind as integers: a JS number binds as REAL, which an untyped column would keep. */
export function toBindParams(params: SqlParams): BindParams {
  return Array.isArray(params)
    ? params.map(widen)
    : Object.fromEntries(Object.entries(params).map(([name, value]) => [name, widen(value)]))
}

const widen = (value: SqlValue): BindValue =>
  typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value

const narrow = (value: number | bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value

function prepare(connection: Connection, sql: string) {
  return connection.prepareOnce(sql).safeIntegers(true)
}

export function readRows(connection: Connection, sql: string, params: BindParams): SqlRow[] {
  return prepare(connection, sql).all(params).map(toSqlRow)
}

export function readRow(connection: Connection, sql: string, params: BindParams): SqlRow | undefined {
  const row = prepare(connection, sql).get(params)
  return row === undefined ? undefined : toSqlRow(row)
}

export function runStatement(connection: Connection, sql: string, params: BindParams): RunResult {
  const { changes, lastInsertRowid } = prepare(connection, sql).run(params)
  return { changes, lastInsertRowid: narrow(lastInsertRowid) }
}

/** Runs a statement for its effect; rows it gives are left. */
export function executeStatement(connection: Connection, sql: string): void {
  const statement = connection.prepareOnce(sql)
  if (statement.reader) statement.all([])
  else statement.run([])
}

function toSqlRow(row: unknown): SqlRow {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([column, value]) => [
      column,
      typeof value === 'bigint' ? narrow(value) : value,
    ]),
  )
}
