import { expose } from 'comlink'
import type pg from 'pg'
import type { ChangePlace } from '../protocol/change-cursor.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { RunResult, SqlParams, SqlRow } from '../protocol/lease.js'
import type { AnyResult, ConnectionMode, OperationMessage, Outcome } from '../protocol/messages.js'
import type { LeaseTask } from '../protocol/tasks.js'
import { assertMayRun } from '../protocol/transaction-rules.js'
import { inSavepoint, selectIdentity, type TransactionIdentity } from './writer/transaction.js'
import { writeCounters } from './tables/written-counters.js'
import { noteCommit, type CommitMark } from './tables/writer-commits.js'
import { recordChanges } from './tables/changes.js'
import { begin } from './connection/begin.js'
import { connect, disconnect, type ConnectSettings } from './connection/connect.js'
import { isConnectionLost, leavesCommitInDoubt, toError } from './connection/errors.js'
import { outcomeOf } from './connection/outcome.js'
import { Session } from './connection/session.js'
import { runOperation } from './dispatch.js'

// Alone, as on a file: what the borrower has read nobody changes until it commits.
const passGateAlone = 'SELECT pg_advisory_xact_lock(7101)'
// Its process may have gone without a word; nobody's writes wait for it longer than for a borrower that is silent.
const limitIdleness = `SELECT set_config('idle_in_transaction_session_timeout', $1, true)`
const graceMs = 5_000
const longestTimeoutMs = 2 ** 31 - 1
const endsTransaction =
  /^\s*(begin|start|commit|end|rollback|abort|prepare\s+transaction|savepoint|release)\b/i

/** What a writer does around the commit of a lease. */
interface CommitActs {
  /** Is told where the changes end then. */
  readonly onCommit: (place: ChangePlace) => void
  /** What the transaction leaves where it is committed; undefined where nobody asks what became of it. */
  readonly mark: CommitMark | undefined
  /** Settles a commit that lost its connection. @throws OUTCOME_UNKNOWN */
  readonly isCommitted: (identity: TransactionIdentity, mark: CommitMark, cause: unknown) => Promise<boolean>
}

const none: CommitActs = {
  onCommit: () => undefined,
  mark: undefined,
  isCommitted: () => Promise.resolve(false),
}

const endedByBorrower = (): ConvoDbError =>
  new ConvoDbError(
    'TRANSACTION_ENDED',
    'SQL of this lease has ended its transaction: what came before stands, what came after it is rolled back',
  )

/** Lends a connection that is made for this lease alone. */
export async function lendConnection(
  settings: ConnectSettings,
  mode: ConnectionMode,
  task: LeaseTask,
  acts?: CommitActs,
): Promise<Outcome<void>> {
  const connected = await outcomeOf(() => connect(settings))
  if (connected.ok) {
    const client = connected.value
    // A statement of the borrower's may take for ever, and the connection does not end before it.
    const breakOff = (running: Running): NodeJS.Timeout =>
      setTimeout(() => void endBackend(settings, running).catch(() => 'it has ended by itself'), graceMs)
    return serveLease(client, mode, task, breakOff, acts)
  }
  task.port.close()
  return connected
}

// What a connection itself believes to be its process may be a pooler's invention; and the process may serve another client by then.
const selectRunning = `SELECT pg_backend_pid() AS "processId", now()::text AS since`
const selectEnd = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int AND xact_start = $2::text::timestamptz`

/** A transaction of a process of the server's. */
interface Running {
  readonly processId: number
  readonly since: string
}

async function endBackend(settings: ConnectSettings, { processId, since }: Running): Promise<void> {
  const other = await connect(settings)
  try {
    await other.query(selectEnd, [processId, since])
  } finally {
    await disconnect(other)
  }
}

/**
 * Lends a connection to whoever holds the other end of the port: one transaction, ended by
 * `finish`, by the port's closing or by too long a silence. Resolves when the lease is over. Calls are carried out one after another.
 */
function serveLease(
  client: pg.Client,
  mode: ConnectionMode,
  { port, idleTimeoutMs }: LeaseTask,
  breakOff: (running: Running) => NodeJS.Timeout,
  { onCommit, mark, isCommitted }: CommitActs = none,
): Promise<Outcome<void>> {
  return new Promise((resolve) => {
    const session = new Session(client)
    let begun: TransactionIdentity | undefined
    let running: Running | undefined
    let isOver = false
    let last: Promise<unknown> = Promise.resolve()
    const end = (outcome: Outcome<void>): void => {
      // Closing the port calls this again.
      if (isOver) return
      isOver = true
      clearTimeout(idle)
      port.close()
      // Whatever was not committed goes with the connection.
      const timer = running === undefined ? undefined : breakOff(running)
      void client
        .end()
        .catch(() => 'it is gone')
        .finally(() => {
          clearTimeout(timer)
          resolve(outcome)
        })
    }
    const idle = setTimeout(() => end({ ok: false, error: expired(idleTimeoutMs).toJSON() }), idleTimeoutMs)
    const inTurn = <Value>(work: () => Promise<Value>): Promise<Outcome<Value>> => {
      idle.refresh()
      const outcome = last.then(() => outcomeOf(work))
      last = outcome.finally(() => idle.refresh())
      return outcome
    }
    port.once('close', () => end({ ok: true, value: undefined }))
    const run = async (sql: string, params: SqlParams): Promise<{ rows: SqlRow[]; changes: number }> => {
      const { rows, rowCount } = await inSavepoint(session, () => ask(client, sql, params))
      return { rows, changes: rowCount }
    }
    // What fails leaves nothing behind, and the transaction goes on; it would be void otherwise.
    const calls = {
      begin: () =>
        inTurn(async () => {
          await begin(client, mode)
          running = await session.get<Running>(selectRunning)
          const mostMs = Math.min(idleTimeoutMs + graceMs, longestTimeoutMs)
          await client.query(limitIdleness, [String(mostMs)])
          if (mode === 'read') return
          await client.query(passGateAlone)
          begun = await session.get<TransactionIdentity>(selectIdentity)
        }),
      all: (sql: string, params: SqlParams) => inTurn(async () => (await run(sql, params)).rows),
      get: (sql: string, params: SqlParams) => inTurn(async () => (await run(sql, params)).rows[0]),
      run: (sql: string, params: SqlParams): Promise<Outcome<RunResult>> =>
        inTurn(async () => ({ changes: (await run(sql, params)).changes, lastInsertRowid: 0 })),
      exec: (sql: string) =>
        inTurn(async () => {
          await inSavepoint(session, () => ask(client, sql, undefined))
        }),
      operation: (message: OperationMessage): Promise<Outcome<AnyResult>> =>
        inTurn(() => {
          assertMayRun(message.name, mode)
          return inSavepoint(session, () => runOperation(session, message))
        }),
      finish: (how: 'commit' | 'rollback') =>
        inTurn(async () => {
          if (how === 'rollback') return void (await client.query('ROLLBACK'))
          if (begun === undefined || mark === undefined) return void (await client.query('COMMIT'))
          const now = await session.get<TransactionIdentity>(selectIdentity)
          if (now?.transactionId !== begun.transactionId) throw endedByBorrower()
          writeCounters(session)
          const recorded = await recordChanges(session)
          noteCommit(session, mark)
          session.keepLongIds()
          await session.settle()
          const place = await recorded.place
          try {
            await client.query('COMMIT')
          } catch (error) {
            const isInDoubt = isConnectionLost(error) || leavesCommitInDoubt(error)
            if (!isInDoubt || !(await isCommitted(begun, mark, error))) throw error
          }
          if (place !== undefined) onCommit(place)
        }),
    }
    expose(Object.freeze(calls), port)
  })
}

/** Runs SQL of the borrower's. @throws SQL_ERROR, CONFLICT, INVALID_ARGUMENT */
async function ask(
  client: pg.Client,
  sql: string,
  params: SqlParams | undefined,
): Promise<{ rows: SqlRow[]; rowCount: number }> {
  if (endsTransaction.test(sql))
    throw new ConvoDbError(
      'SQL_NOT_ALLOWED',
      'A leased connection is one transaction, which its borrower does not begin or end',
      {
        field: 'sql',
      },
    )
  if (params !== undefined && !Array.isArray(params))
    throw new ConvoDbError('INVALID_ARGUMENT', 'PostgreSQL knows parameters by their numbers: give a list', {
      field: 'params',
    })
  try {
    if (params === undefined) {
      await client.query(sql)
      return { rows: [], rowCount: 0 }
    }
    // One statement alone; without values it would be any number of them.
    const query = { queryMode: 'extended', text: sql, values: params.map(toBound) } as const
    const { rows, rowCount } = await client.query<Record<string, unknown>>(query)
    return { rows: rows.map(toSqlRow), rowCount: rowCount ?? 0 }
  } catch (error) {
    throw toSqlError(error)
  }
}

const toBound = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value) : typeof value === 'bigint' ? String(value) : value

function toSqlRow(row: Record<string, unknown>): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, toSqlValue(value)]))
}

function toSqlValue(value: unknown): string | number | bigint | Uint8Array | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array || value === null || value === undefined) return value ?? null
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Date ? value.getTime() : JSON.stringify(value)
}

function toSqlError(error: unknown): unknown {
  if (isConnectionLost(error)) return toError(error)
  const { code, message, details, cause } = toError(error)
  const sqlState = String(details['sqlState'] ?? '')
  if (sqlState.startsWith('23')) return new ConvoDbError('CONFLICT', message, details, { cause })
  // What a role or a transaction that only reads is refused is SQL that was refused, as on a file.
  if (code !== 'INTERNAL' && code !== 'READ_ONLY') return toError(error)
  return new ConvoDbError('SQL_ERROR', message, details, { cause })
}

const expired = (idleTimeoutMs: number): ConvoDbError =>
  new ConvoDbError('LEASE_EXPIRED', `The leased connection was idle for ${idleTimeoutMs} ms; rolled back`, {
    idleTimeoutMs,
  })
