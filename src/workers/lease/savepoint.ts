import type { Connection } from '../connection/connection.js'

/** Runs work that leaves nothing behind when it throws, and the transaction goes on, if it is still there. */
export function inSavepoint<Value>(connection: Connection, work: () => Value): Value {
  connection.run('SAVEPOINT convodb_step')
  try {
    const value = work()
    connection.run('RELEASE convodb_step')
    return value
  } catch (error) {
    if (connection.inTransaction) {
      connection.run('ROLLBACK TO convodb_step')
      connection.run('RELEASE convodb_step')
      connection.forgetUndone()
    }
    throw error
  }
}
