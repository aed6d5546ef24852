import type { Outcome } from '../../protocol/messages.js'
import { concernsTransaction } from '../writer/faults.js'
import type { WriteConnection } from './connection.js'
import { failed } from './outcome.js'
import { toErrorData } from './sqlite-errors.js'

/**
 * Runs work that leaves nothing behind where it fails, and tells how it ended; the transaction goes on.
 *
 * @throws what concerns the transaction
 */
export function outcomeInSavepoint<Value>(connection: WriteConnection, work: () => Value): Outcome<Value> {
  connection.run('SAVEPOINT operation')
  try {
    const value = work()
    connection.run('RELEASE operation')
    return { ok: true, value }
  } catch (error) {
    if (!connection.inTransaction || concernsTransaction(toErrorData(error))) throw error
    connection.run('ROLLBACK TO operation')
    connection.run('RELEASE operation')
    connection.forgetUndone()
    return failed(error)
  }
}
