import { unpackColumns } from './message-columns.js'
import type { AnyResult, Outcome, PackedOperation, PlainOperation } from './messages.js'
import type { StoreOutcome } from './models.js'
import {
  countIn,
  packRuns,
  rowsOf,
  type BulkAnswer,
  type OperationRequest,
  type StoreRun,
  type WriteMessage,
} from './requests.js'

/**
 * So many batches a thread has with the writer at most: while one commits the next one is already there. Of as many the writer
 * remembers the fate and the answer, for a thread whose writer was lost (decision 13).
 */
export const maxBatchesUnderWay = 2

export type BatchItem =
  Exclude<PlainOperation, { name: 'storeMessage' }> | PackedOperation | OperationRequest | StoreRun

/** How one operation of a batch ended; a stored message by its outcome alone, since the caller knows its id. */
export type BatchOutcome = Outcome<AnyResult | readonly AnyResult[] | BulkAnswer> | StoreOutcome

/** How every operation ended; one word where all of them stored a new message, as most batches do. */
export type BatchAnswer = readonly BatchOutcome[] | 'inserted'

/** Packs messages as columns, and leaves the rest and the order as they are. */
export const packBatch = (operations: readonly WriteMessage[]): BatchItem[] =>
  packRuns<OperationRequest>(operations)

/** How many operations were packed. */
export function countOperations(items: readonly BatchItem[]): number {
  let count = 0
  for (const item of items) count += countOne(item)
  return count
}

function countOne(item: BatchItem): number {
  if (item.name === 'storeMessage run') return rowsOf(item)
  return item.name === 'group' || item.name === 'bulk' ? countIn(item) : 1
}

/** The operations that were packed, one by one. */
export function unpackBatch(items: readonly BatchItem[]): WriteMessage[] {
  return items.flatMap((item): WriteMessage[] =>
    item.name === 'storeMessage run'
      ? unpackColumns(item.columns).map((params) => ({ name: 'storeMessage', params }))
      : [item],
  )
}
