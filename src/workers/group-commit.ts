import type { ErrorCode, ErrorData } from '../protocol/errors.js'
import type { AnyOutcome, OperationMessage } from '../protocol/messages.js'
import type { Connection } from './connection.js'
import { runWriteMessage } from './dispatch.js'
import { failed, outcomeOf } from './outcome.js'
import { toErrorData } from './sqlite-errors.js'

/** Faults of the file or the machine: they concern every operation of the batch, and trying again at once is no use. */
const sharedFaults: ReadonlySet<ErrorCode> = new Set([
  'BUSY',
  'DISK_FULL',
  'IO_ERROR',
  'CORRUPT',
  'CANNOT_OPEN',
])

/**
 * Commits many operations in one transaction and tells each how it ended.
 *
 * They run bare first, since a savepoint for each would cost several times the work. When one fails, everything is
 * rolled back and run again with a savepoint each, so that only the guilty fail and their neighbours stand.
 */
export function commitBatch(connection: Connection, batch: readonly OperationMessage[]): AnyOutcome[] {
  const together = inTransaction(connection, () =>
    batch.map((operation): AnyOutcome => ({ ok: true, value: runWriteMessage(connection, operation) })),
  )
  if (together.ok) return together.value
  if (batch.length === 1 || sharedFaults.has(together.error.code)) return all(batch, together.error)
  const oneByOne = inTransaction(connection, () =>
    batch.map((operation) => inSavepoint(connection, operation)),
  )
  return oneByOne.ok ? oneByOne.value : all(batch, oneByOne.error)
}

const all = (batch: readonly unknown[], error: ErrorData): AnyOutcome[] =>
  batch.map(() => ({ ok: false, error }))

function inTransaction<Value>(connection: Connection, work: () => Value) {
  return outcomeOf(() => {
    connection.run('BEGIN IMMEDIATE')
    try {
      const value = work()
      connection.run('COMMIT')
      return value
    } catch (error) {
      // After some faults SQLite has already rolled back by itself (https://www.sqlite.org/lang_transaction.html).
      if (connection.inTransaction) connection.run('ROLLBACK')
      throw error
    }
  })
}

function inSavepoint(connection: Connection, operation: OperationMessage): AnyOutcome {
  connection.run('SAVEPOINT operation')
  try {
    const value = runWriteMessage(connection, operation)
    connection.run('RELEASE operation')
    return { ok: true, value }
  } catch (error) {
    if (!connection.inTransaction || sharedFaults.has(toErrorData(error).code)) throw error
    connection.run('ROLLBACK TO operation')
    connection.run('RELEASE operation')
    return failed(error)
  }
}
