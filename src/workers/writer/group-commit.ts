import { ConvoDbError, type ErrorData } from '../../protocol/errors.js'
import type { Outcome } from '../../protocol/messages.js'
import {
  countOperations,
  unpackBatch,
  type BatchAnswer,
  type BatchItem,
  type BatchOutcome,
} from '../../protocol/batch.js'
import type { OperationRequest, WriteMessage } from '../../protocol/requests.js'
import type { SharedAnswers } from '../../protocol/shared-answers.js'
import { unpackColumns } from '../../protocol/message-columns.js'
import type { Connection } from '../connection/connection.js'
import { concernsTransaction } from './faults.js'
import { runGroup, runWriteMessage } from '../dispatch.js'
import { outcomeOf } from '../connection/outcome.js'
import { outcomeInSavepoint } from '../connection/savepoint.js'
import { answerOnce } from './answer-once.js'
import { runBulk, runBulkApart } from './bulk.js'
import { toErrorData } from '../connection/sqlite-errors.js'
import { recordBatch, recordTransaction } from '../tables/committed-batches.js'
import { countUnindexedMessages, indexMessages, maxUnindexedAfter } from '../tables/indexed-messages.js'
import { endFilledRound, indexSome, isBulkDue, isRoundFilled } from '../tables/indexing-rounds.js'
import { countUnindexedBlocks, indexNextBlock, reindexChangedWords } from '../tables/message-words.js'
import { store } from '../tables/messages.js'
import { settleSomeVectors, settleVectors } from '../tables/settled-vectors.js'

/** The operations of one message; the thread that sent it counts its batches. */
export interface Batch {
  readonly source: number
  readonly batch: number
  readonly items: readonly BatchItem[]
  readonly answers: SharedAnswers
}

/**
 * Commits the operations of one batch or several in one transaction and tells each how it ended.
 *
 * They run bare first, since a savepoint for each would cost several times the work. When one fails, everything is
 * rolled back and run again with a savepoint each, so that only the guilty fail and their neighbours stand.
 */
export function commitBatches(connection: Connection, batches: readonly Batch[]): BatchAnswer[] {
  const together = commitEach(connection, batches, (items) => runBare(connection, items))
  if (together.ok) return together.value
  const { error } = together
  if (isLone(batches) || concernsTransaction(error)) return failBatches(batches, error)
  const oneByOne = commitEach(connection, batches, (items) =>
    unpackBatch(items).map((message) => runApart(connection, message)),
  )
  return oneByOne.ok ? oneByOne.value : failBatches(batches, oneByOne.error)
}

/** Whether all that failed is one call, of which nothing stands and nothing has to be remembered. */
function isLone(batches: readonly Batch[]): boolean {
  const [message, another] = batches.flatMap(({ items }) => unpackBatch(items))
  if (message === undefined || another !== undefined || message.name === 'bulk') return false
  return message.name !== 'group' || message.keyHash === undefined
}

/** Gives every operation of the batches the same error. */
export function failBatches(batches: readonly Batch[], error: ErrorData): BatchAnswer[] {
  return batches.map(({ items }) => unpackBatch(items).map(() => ({ ok: false, error })))
}

/** Each batch is recorded beside what it did, so that a lost writer's successor knows of it. */
function commitEach(
  connection: Connection,
  batches: readonly Batch[],
  run: (items: readonly BatchItem[]) => BatchAnswer,
): Outcome<BatchAnswer[]> {
  const operations = batches.reduce((sum, { items }) => sum + countOperations(items), 0)
  return inTransaction(connection, operations, () => {
    recordTransaction(connection)
    return batches.map(({ source, batch, items, answers }) => {
      const answer = run(items)
      answers.keep(batch, answer)
      recordBatch(connection, source, batch)
      return answer
    })
  })
}

function runBare(connection: Connection, items: readonly BatchItem[]): BatchAnswer {
  const outcomes = items.flatMap((item) => runItem(connection, item))
  return outcomes.every((outcome) => outcome === 'inserted') ? 'inserted' : outcomes
}

function runItem(connection: Connection, item: BatchItem): BatchOutcome[] {
  if (item.name === 'storeMessage run')
    return unpackColumns(item.columns).map((message) => store(connection, message, message.onConflict))
  return [runWhole(connection, item)]
}

function runWhole(
  connection: Connection,
  item: Exclude<BatchItem, { name: 'storeMessage run' }>,
): BatchOutcome {
  switch (item.name) {
    case 'group':
      return within(connection, item, () =>
        answerOnce(connection, item, () => ({ ok: true, value: runGroup(connection, item) })),
      )
    case 'bulk':
      return within(connection, item, () =>
        answerOnce(connection, item, () => ({ ok: true, value: runBulk(connection, item) })),
      )
    default:
      return { ok: true, value: runWriteMessage(connection, item) }
  }
}

/** In the channels that a request is held to; what a group or bulk looks up and what it writes are of one transaction. */
const within = <Value>(
  { scope }: Connection,
  { withinChannels }: OperationRequest,
  work: () => Value,
): Value => scope.within(withinChannels, work)

/** What fails alone leaves nothing behind, and its neighbours stand. */
function runApart(connection: Connection, message: WriteMessage): BatchOutcome {
  const inSavepoint = <Value>(work: () => Value): Outcome<Value> => outcomeInSavepoint(connection, work)
  switch (message.name) {
    // What is remembered is not undone with a group that failed; the outer savepoint is for a damaged row of that.
    case 'group':
      return outcomeWithin(
        inSavepoint(() =>
          within(connection, message, () =>
            answerOnce(connection, message, () => inSavepoint(() => runGroup(connection, message))),
          ),
        ),
      )
    case 'bulk':
      return outcomeWithin(
        inSavepoint(() =>
          within(connection, message, () =>
            answerOnce(connection, message, () => ({ ok: true, value: runBulkApart(connection, message) })),
          ),
        ),
      )
    default:
      return inSavepoint(() => runWriteMessage(connection, message))
  }
}

const outcomeWithin = (outcome: Outcome<BatchOutcome>): BatchOutcome => (outcome.ok ? outcome.value : outcome)

/** Begins a write transaction in which every table is whole: nothing is unindexed. */
export function beginWhole(connection: Connection): void {
  connection.run('BEGIN IMMEDIATE')
  recallMemory(connection)
  indexMessages(connection)
}

/**
 * Ends a write transaction.
 *
 * @throws OUTCOME_UNKNOWN when the disk fails meanwhile: whether the system kept what it was given, only reading the file
 *   anew after a crash would tell.
 */
export function commitTransaction(connection: Connection): void {
  reindexChangedWords(connection)
  try {
    connection.run('COMMIT')
  } catch (error) {
    const { code, message, details } = toErrorData(error)
    // The commit's record is written last: where writing failed it is not whole, and nothing was committed.
    if (code !== 'IO_ERROR' || details?.['sqliteCode'] === 'SQLITE_IOERR_WRITE') throw error
    throw new ConvoDbError(
      'OUTCOME_UNKNOWN',
      `The disk failed while a transaction was committed: ${message}`,
      {
        ...details,
      },
    )
  }
}

/**
 * Indexes what is unindexed in a transaction of its own, for whoever looks at the file with other eyes than readers', and brings some
 * vectors into blocks.
 */
export function commitIndexing(connection: Connection): Outcome<void> {
  return inTransaction(connection, 0, () => {
    indexMessages(connection)
    settleSomeVectors(connection)
  })
}

/**
 * Indexes the words of a block in a transaction of its own, where some are not indexed, and brings some vectors into blocks. Tells
 * whether there is more of either.
 */
export function commitWords(connection: Connection): Outcome<boolean> {
  return inTransaction(connection, 0, () => {
    indexMessages(connection)
    const hasMoreVectors = settleSomeVectors(connection)
    indexNextBlock(connection)
    return countUnindexedBlocks(connection) > 0 || hasMoreVectors
  })
}

/** Whether a writer that has nothing else to do should index what has gathered. */
export const isTidyingDue = (connection: Connection): boolean =>
  isRoundFilled(connection) || isBulkDue(connection) || countUnindexedBlocks(connection) > 0

/** Indexes what has gathered, in a transaction of its own: messages, or the words of a block, so that whoever calls meanwhile does not wait for both. */
export function commitTidying(connection: Connection): Outcome<void> {
  return inTransaction(connection, 0, () => {
    if (isRoundFilled(connection)) endFilledRound(connection)
    else if (isBulkDue(connection)) indexMessages(connection)
    else indexNextBlock(connection)
  })
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

/** Where few messages come with each transaction some are indexed with each; else all of them when there are many. */
function keepIndexed(connection: Connection, messages: number): void {
  if (messages > 0) connection.memory.lastMessages = messages
  if (indexSome(connection, messages)) return
  if (countUnindexedMessages(connection) >= maxUnindexedAfter(messages)) indexMessages(connection)
}

function inTransaction<Value>(connection: Connection, operations: number, work: () => Value): Outcome<Value> {
  return outcomeOf(() => {
    connection.run('BEGIN IMMEDIATE')
    connection.words.changed.clear()
    try {
      recallMemory(connection)
      const unindexedBefore = countUnindexedMessages(connection)
      const value = work()
      const stored = countUnindexedMessages(connection) - unindexedBefore
      keepIndexed(connection, Math.max(operations, stored))
      if (countUnindexedBlocks(connection) > 1) indexNextBlock(connection)
      settleVectors(connection)
      commitTransaction(connection)
      return value
    } catch (error) {
      // After some faults SQLite has already rolled back by itself (https://www.sqlite.org/lang_transaction.html).
      if (connection.inTransaction) connection.run('ROLLBACK')
      connection.forgetUndone()
      throw error
    }
  })
}
