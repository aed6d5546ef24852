import { expose } from 'comlink'
import { ConvoDbError } from '../protocol/errors.js'
import type { LeaseCalls, RunResult, SqlParams, SqlRow, SqlValue } from '../protocol/lease.js'
import type { ConnectionMode, LeaseTask, Outcome } from '../protocol/messages.js'
import type { BindValue, Connection } from './connection.js'
import { beginWhole, commitTransaction } from './group-commit.js'
import { failed, outcomeOf } from './outcome.js'

/**
 * Lends this thread's connection to whoever holds the other end of the port: one transaction, ended by `finish`, by
 * the port's closing or by too long a silence. Resolves when the lease is over; nothing is left open then.
 */
export function serveLease(
  connection: Connection,
  mode: ConnectionMode,
  { port, idleTimeoutMs }: LeaseTask,
  beforeCommit: () => void = () => undefined,
): Promise<Outcome<void>> {
  return new Promise((resolve) => {
    let isOver = false
    const end = (outcome: Outcome<void>): void => {
      // Closing the port calls this again, when the connection may already be somebody else's.
      if (isOver) return
      isOver = true
      clearTimeout(idle)
      if (connection.inTransaction) connection.exec('ROLLBACK')
      port.close()
      resolve(outcome)
    }
    const expire = (): void =>
      end(
        failed(
          new ConvoDbError(
            'LEASE_EXPIRED',
            `The leased connection was idle for ${idleTimeoutMs} ms; rolled back`,
            {
              idleTimeoutMs,
            },
          ),
        ),
      )
    const idle = setTimeout(expire, idleTimeoutMs)
    const answer = <Value>(work: () => Value): Outcome<Value> => {
      const outcome = outcomeOf(() => toSqlError(work), 'SQL_ERROR')
      idle.refresh()
      return outcome
    }
    port.once('close', () => end({ ok: true, value: undefined }))

    const calls: LeaseCalls = {
      begin: () => answer(() => (mode === 'write' ? beginWhole(connection) : connection.exec('BEGIN'))),
      all: (sql, params) => answer(() => readRows(connection, sql, params)),
      get: (sql, params) => answer(() => readRow(connection, sql, params)),
      run: (sql, params) => answer(() => runStatement(connection, sql, params)),
      exec: (sql) => answer(() => connection.exec(sql)),
      finish: (how) => answer(() => finish(connection, how, beforeCommit)),
    }
    expose(Object.freeze(calls), port)
  })
}

function finish(connection: Connection, how: 'commit' | 'rollback', beforeCommit: () => void): void {
  if (!connection.inTransaction) {
    throw new ConvoDbError(
      'CONFLICT',
      'The transaction was already ended, by a COMMIT, ROLLBACK or failed statement',
    )
  }
  if (how === 'commit') {
    beforeCommit()
    commitTransaction(connection)
  } else {
    connection.exec('ROLLBACK')
  }
}

/** better-sqlite3 throws TypeError and RangeError for wrong parameters and for SQL of no or several statements. */
function toSqlError<Value>(work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new ConvoDbError('INVALID_ARGUMENT', error.message, { field: 'sql' })
    }
    throw error
  }
}

function prepare(connection: Connection, sql: string) {
  return connection.prepareOnce(sql).safeIntegers(true)
}

function readRows(connection: Connection, sql: string, params: SqlParams): SqlRow[] {
  return prepare(connection, sql).all(toBindParams(params)).map(toSqlRow)
}

function readRow(connection: Connection, sql: string, params: SqlParams): SqlRow | undefined {
  const row = prepare(connection, sql).get(toBindParams(params))
  return row === undefined ? undefined : toSqlRow(row)
}

function runStatement(connection: Connection, sql: string, params: SqlParams): RunResult {
  const { changes, lastInsertRowid } = prepare(connection, sql).run(toBindParams(params))
  return { changes, lastInsertRowid: narrow(lastInsertRowid) }
}

/** Whole numbers bind as integers: a JS number binds as REAL, which an untyped column would keep. */
function toBindParams(params: SqlParams) {
  return Array.isArray(params)
    ? params.map(widen)
    : Object.fromEntries(Object.entries(params).map(([name, value]) => [name, widen(value)]))
}

const widen = (value: SqlValue): BindValue =>
  typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value

const narrow = (value: number | bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value

function toSqlRow(row: unknown): SqlRow {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([column, value]) => [
      column,
      typeof value === 'bigint' ? narrow(value) : value,
    ]),
  )
}
