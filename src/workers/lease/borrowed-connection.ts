import { ConvoDbError } from '../../protocol/errors.js'
import type { RunResult, SqlParams, SqlRow } from '../../protocol/lease.js'
import type { AnyResult, ConnectionMode, OperationMessage } from '../../protocol/messages.js'
import { operations } from '../../protocol/operations.js'
import { assertMayRun } from '../../protocol/transaction-rules.js'
import type { BindParams, Connection } from '../connection/connection.js'
import { runReadMessage, runWriteMessage } from '../dispatch.js'
import { beginWhole, commitTransaction } from '../writer/group-commit.js'
import { toErrorData } from '../connection/sqlite-errors.js'
import { recordTransaction } from '../tables/committed-batches.js'
import { followUnindexedMessages } from '../tables/indexed-messages.js'
import { reindexChangedWords } from '../tables/message-words.js'
import { settleVectors } from '../tables/settled-vectors.js'
import { StatementGuard, type StatementEffects } from './guard.js'
import { createReadViews, dropReadViews, viewedTables } from './read-views.js'
import { inSavepoint } from './savepoint.js'
import { runSchemaChange } from './schema-watch.js'
import { executeStatement, readRow, readRows, runStatement, toBindParams } from './sql-values.js'
import { splitStatements } from './statements.js'
import { createWriteTriggers, startStatement, watchedTables } from './write-triggers.js'

/**
 * One transaction on a connection of its own, in which a borrower's SQL runs. Whatever that is, the transaction begins and
 * ends by us alone; one that ended otherwise (ON CONFLICT ROLLBACK, a full disk) is over, and nothing runs after it.
 */
export class BorrowedConnection {
  readonly #connection: Connection
  readonly #mode: ConnectionMode
  #guard: StatementGuard | undefined
  #isPrepared = false

  constructor(connection: Connection, mode: ConnectionMode) {
    this.#connection = connection
    this.#mode = mode
  }

  begin(): void {
    if (this.#mode === 'write') {
      beginWhole(this.#connection)
      // First of all: by its number a transaction knows which changes are its own.
      recordTransaction(this.#connection)
    } else {
      this.#connection.exec('BEGIN')
      // The snapshot begins with the first look at the file.
      this.#connection.get('SELECT last_key FROM indexed_messages WHERE id = 1')
    }
    this.#guard = new StatementGuard(this.#connection)
  }

  all(sql: string, params: SqlParams): SqlRow[] {
    return this.#run(sql, toBindParams(params), (bound) => readRows(this.#connection, sql, bound))
  }

  get(sql: string, params: SqlParams): SqlRow | undefined {
    return this.#run(sql, toBindParams(params), (bound) => readRow(this.#connection, sql, bound))
  }

  run(sql: string, params: SqlParams): RunResult {
    return this.#run(sql, toBindParams(params), (bound) => runStatement(this.#connection, sql, bound))
  }

  exec(sql: string): void {
    for (const statement of splitStatements(sql)) {
      this.#run(statement, [], () => executeStatement(this.#connection, statement))
    }
  }

  /** Runs an operation of the registry; one that fails leaves nothing behind, and the transaction goes on. */
  operation(message: OperationMessage): AnyResult {
    const guard = this.#assertOpen()
    assertMayRun(message.name, this.#mode)
    return this.#mode === 'write' ? this.#runOnWriter(guard, message) : this.#readSnapshot(message)
  }

  /** @throws TRANSACTION_ENDED, and what COMMIT throws */
  commit(beforeCommit: () => void): void {
    this.#assertOpen()
    beforeCommit()
    if (this.#mode === 'write') settleVectors(this.#connection)
    commitTransaction(this.#connection)
  }

  rollback(): void {
    if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK')
  }

  #run<Value>(sql: string, params: BindParams, run: (params: BindParams) => Value): Value {
    const guard = this.#assertOpen()
    const effects = guard.check(sql, params)
    this.#prepareFor(guard, effects)
    if (this.#isPrepared && this.#mode === 'write') startStatement(this.#connection, 'sql')
    try {
      return this.#runStatement(guard, effects, () => run(params))
    } finally {
      if (effects.isSavepoint) this.#connection.forgetUndone()
    }
  }

  #runStatement<Value>(guard: StatementGuard, effects: StatementEffects, run: () => Value): Value {
    return effects.changesSchema
      ? runSchemaChange(this.#connection, guard.ourTriggers, run)
      : this.#runAgain(run)
  }

  /** Under the borrower's triggers, by which everything is whole after each message; they change what is remembered, too. */
  #runOnWriter(guard: StatementGuard, message: OperationMessage): AnyResult {
    const connection = this.#connection
    this.#prepare(guard)
    startStatement(connection, 'operation')
    connection.memory.forget()
    if (operations[message.name].lane === 'read') {
      reindexChangedWords(connection)
      return this.#runAgain(() => runReadMessage(connection, message))
    }
    return inSavepoint(connection, () => runWriteMessage(connection, message))
  }

  #readSnapshot(message: OperationMessage): AnyResult {
    const connection = this.#connection
    if (this.#isPrepared) dropReadViews(connection)
    this.#isPrepared = false
    return this.#runAgain(() => {
      followUnindexedMessages(connection)
      return runReadMessage(connection, message)
    })
  }

  /** A read that the disk refused reads as damage; a statement that failed has left nothing, so it is tried once more. */
  #runAgain<Value>(run: () => Value): Value {
    try {
      return run()
    } catch (error) {
      if (toErrorData(error).code !== 'CORRUPT' || !this.#connection.inTransaction) throw error
      return run()
    }
  }

  /**
   * Triggers and views cost some milliseconds: they are made when a statement first touches what they are for, or begins
   * what could undo them.
   */
  #prepareFor(guard: StatementGuard, { tables, isSavepoint }: StatementEffects): void {
    const needed = this.#mode === 'write' ? watchedTables : viewedTables
    if (needed.isDisjointFrom(tables) && !isSavepoint) return
    this.#prepare(guard)
  }

  #prepare(guard: StatementGuard): void {
    if (this.#isPrepared) return
    if (this.#mode === 'write') createWriteTriggers(this.#connection)
    else createReadViews(this.#connection)
    guard.learnTriggers()
    this.#isPrepared = true
  }

  #assertOpen(): StatementGuard {
    if (this.#guard !== undefined && this.#connection.inTransaction) return this.#guard
    throw new ConvoDbError(
      'TRANSACTION_ENDED',
      'The lease is over: a statement of it, or a full or failing disk, has rolled its transaction back; run the work again',
    )
  }
}
