import type { AnyOutcome, OperationMessage } from '../protocol/messages.js'
import type { Connection } from './connection.js'
import { runReadMessage } from './dispatch.js'
import { failed, outcomeOf } from './outcome.js'
import { followRecentMessages } from './tables/merged-messages.js'

/** Answers reads that travelled together from one snapshot, and each by itself; one that fails fails alone. */
export function readTogether(open: () => Connection, operations: readonly OperationMessage[]): AnyOutcome[] {
  try {
    const connection = open()
    connection.run('BEGIN')
    try {
      followRecentMessages(connection)
      return operations.map((operation) => outcomeOf(() => runReadMessage(connection, operation)))
    } finally {
      // After some faults SQLite has already ended it by itself (https://www.sqlite.org/lang_transaction.html).
      if (connection.inTransaction) connection.run('COMMIT')
    }
  } catch (error) {
    const outcome = failed(error)
    return operations.map(() => outcome)
  }
}
