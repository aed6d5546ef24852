import { append, emptyColumns, unpackColumns, type MessageColumns } from './message-columns.js'
import type { AnyOutcome, OperationGroup, PackedOperation, PlainOperation, WriteMessage } from './messages.js'
import type { StoreOutcome } from './models.js'

/**
 * So many batches a thread has with the writer at most: while one commits the next one is already there. Of as many the writer
 * remembers the fate and the answer, for a thread whose writer was lost (decision 13).
 */
export const maxBatchesUnderWay = 2

/** A run of `storeMessage` operations, each of which has an outcome of its own. */
interface StoreRun {
  readonly name: 'storeMessage run'
  readonly columns: MessageColumns
}

export type BatchItem =
  Exclude<PlainOperation, { name: 'storeMessage' }> | PackedOperation | OperationGroup | StoreRun

/** How one operation of a batch ended; a stored message by its outcome alone, since the caller knows its id. */
export type BatchOutcome = AnyOutcome | StoreOutcome

/** How every operation ended; one word where all of them stored a new message, as most batches do. */
export type BatchAnswer = readonly BatchOutcome[] | 'inserted'

/** Packs messages as columns, and leaves the rest and the order as they are. */
export function packBatch(operations: readonly WriteMessage[]): BatchItem[] {
  const items: BatchItem[] = []
  let run: StoreRun | undefined
  for (const operation of operations) {
    if (operation.name === 'storeMessage' && 'params' in operation) {
      if (run === undefined) items.push((run = { name: 'storeMessage run', columns: emptyColumns() }))
      append(run.columns, operation.params)
      continue
    }
    run = undefined
    items.push(operation)
  }
  return items
}

/** How many operations were packed. */
export function countOperations(items: readonly BatchItem[]): number {
  let count = 0
  for (const item of items) count += countOne(item)
  return count
}

function countOne(item: BatchItem): number {
  if (item.name === 'storeMessage run') return item.columns.messageIds.length
  return item.name === 'group' ? item.operations.length : 1
}

/** The operations that were packed, one by one. */
export function unpackBatch(items: readonly BatchItem[]): WriteMessage[] {
  return items.flatMap((item): WriteMessage[] =>
    item.name === 'storeMessage run'
      ? unpackColumns(item.columns).map((params) => ({ name: 'storeMessage', params }))
      : [item],
  )
}
