import type { ErrorCode, ErrorData } from '../protocol/errors.js'
import type { AnyOutcome, OperationMessage, Outcome } from '../protocol/messages.js'
import { unpackBatch, type BatchAnswer, type BatchItem, type BatchOutcome } from '../protocol/batch.js'
import { unpackColumns } from '../protocol/message-columns.js'
import type { Connection } from './connection.js'
import { runWriteMessage } from './dispatch.js'
import { failed, outcomeOf } from './outcome.js'
import { toErrorData } from './sqlite-errors.js'
import { countRecentMessages, maxRecentMessages, mergeRecentMessages } from './tables/merged-messages.js'
import { store } from './tables/messages.js'

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
export function commitBatch(connection: Connection, items: readonly BatchItem[]): BatchAnswer {
  const together = inTransaction(connection, () => items.flatMap((item) => runItem(connection, item)))
  if (together.ok) {
    return together.value.every((outcome) => outcome === 'inserted') ? 'inserted' : together.value
  }
  const operations = unpackBatch(items)
  if (operations.length === 1 || sharedFaults.has(together.error.code)) return all(operations, together.error)
  const oneByOne = inTransaction(connection, () =>
    operations.map((operation) => inSavepoint(connection, operation)),
  )
  return oneByOne.ok ? oneByOne.value : all(operations, oneByOne.error)
}

/** Gives every operation of the batch the same error. */
export function failBatch(items: readonly BatchItem[], error: ErrorData): BatchAnswer {
  return all(unpackBatch(items), error)
}

function runItem(connection: Connection, item: BatchItem): BatchOutcome[] {
  return item.name === 'storeMessage run'
    ? unpackColumns(item.columns).map((message) => store(connection, message, message.onConflict))
    : [{ ok: true, value: runWriteMessage(connection, item) }]
}

const all = (batch: readonly unknown[], error: ErrorData): AnyOutcome[] =>
  batch.map(() => ({ ok: false, error }))

/** Begins a write transaction in which every table is whole: nothing is recent. */
export function beginWhole(connection: Connection): void {
  connection.run('BEGIN IMMEDIATE')
  recallMemory(connection)
  mergeRecentMessages(connection)
}

/** Merges what is recent in a transaction of its own, for whoever looks at the file with other eyes than readers'. */
export function commitMerge(connection: Connection): Outcome<void> {
  return inTransaction(connection, () => mergeRecentMessages(connection))
}

/**
 * Forgets what another connection may have changed since, in this process or another. Inside a write transaction, so
 * that nobody can change anything after the look (https://www.sqlite.org/pragma.html#pragma_data_version).
 */
function recallMemory(connection: Connection): void {
  const { memory } = connection
  const version = connection.get<{ data_version: number }>('PRAGMA data_version')?.data_version
  if (memory.dataVersion !== version) memory.forget()
  memory.dataVersion = version
}

function inTransaction<Value>(connection: Connection, work: () => Value) {
  return outcomeOf(() => {
    connection.run('BEGIN IMMEDIATE')
    try {
      recallMemory(connection)
      const value = work()
      if (countRecentMessages(connection) >= maxRecentMessages) mergeRecentMessages(connection)
      connection.run('COMMIT')
      return value
    } catch (error) {
      // After some faults SQLite has already rolled back by itself (https://www.sqlite.org/lang_transaction.html).
      if (connection.inTransaction) connection.run('ROLLBACK')
      connection.memory.forget()
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
    connection.memory.forget()
    return failed(error)
  }
}
