import { expose } from 'comlink'
import { ConvoDbError } from '../../protocol/errors.js'
import type { LeaseCalls } from '../../protocol/lease.js'
import type { ConnectionMode, Outcome } from '../../protocol/messages.js'
import type { LeaseTask } from '../../protocol/tasks.js'
import type { Connection } from '../connection/connection.js'
import { confirmOutcome } from '../connection/damage.js'
import { concernsConnection } from '../writer/faults.js'
import { failed, outcomeOf } from '../connection/outcome.js'
import { BorrowedConnection } from './borrowed-connection.js'

/** What the writer does around the commit of a lease; before it whatever throws calls the commit off. */
interface CommitActs {
  readonly beforeCommit: () => void
  readonly afterCommit: () => void
}

/**
 * Lends a connection, made for this lease alone, to whoever holds the other end of the port: one transaction, ended by
 * `finish`, by the port's closing or by too long a silence. Resolves when the lease is over; the connection is closed then,
 * and with it whatever the borrower set or left in it.
 */
export function serveLease(
  connection: Connection,
  path: string,
  mode: ConnectionMode,
  { port, idleTimeoutMs }: LeaseTask,
  { beforeCommit, afterCommit }: CommitActs = { beforeCommit: () => undefined, afterCommit: () => undefined },
): Promise<Outcome<void>> {
  return new Promise((resolve) => {
    const borrowed = new BorrowedConnection(connection, mode)
    let isOver = false
    const end = (outcome: Outcome<void>): void => {
      // Closing the port calls this again.
      if (isOver) return
      isOver = true
      clearTimeout(idle)
      outcomeOf(() => borrowed.rollback())
      connection.close()
      port.close()
      resolve(outcome)
    }
    const idle = setTimeout(() => end(failed(expired(idleTimeoutMs))), idleTimeoutMs)
    const answer = <Value>(work: () => Value): Outcome<Value> => note(outcomeOf(work))
    const answerSql = <Value>(work: () => Value): Outcome<Value> =>
      note(outcomeOf(() => toSqlError(work), 'SQL_ERROR'))
    const note = <Value>(ended: Outcome<Value>): Outcome<Value> => {
      const outcome = confirmOutcome(path, ended)
      if (!outcome.ok && concernsConnection(outcome.error)) connection.hasMetFault = true
      idle.refresh()
      return outcome
    }
    const commit = (): void => {
      borrowed.commit(beforeCommit)
      afterCommit()
    }
    port.once('close', () => end({ ok: true, value: undefined }))

    const calls: LeaseCalls = {
      begin: () => answer(() => borrowed.begin()),
      all: (sql, params) => answerSql(() => borrowed.all(sql, params)),
      get: (sql, params) => answerSql(() => borrowed.get(sql, params)),
      run: (sql, params) => answerSql(() => borrowed.run(sql, params)),
      exec: (sql) => answerSql(() => borrowed.exec(sql)),
      operation: (message) => answer(() => borrowed.operation(message)),
      finish: (how) => answerSql(() => (how === 'commit' ? commit() : borrowed.rollback())),
    }
    expose(Object.freeze(calls), port)
  })
}

const expired = (idleTimeoutMs: number): ConvoDbError =>
  new ConvoDbError('LEASE_EXPIRED', `The leased connection was idle for ${idleTimeoutMs} ms; rolled back`, {
    idleTimeoutMs,
  })

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
