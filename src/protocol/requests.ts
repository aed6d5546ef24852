import type { ErrorData } from './errors.js'
import { append, emptyColumns, type MessageColumns } from './message-columns.js'
import type { AnyResult, OperationMessage, Outcome, PackedOperation, PlainOperation } from './messages.js'
import type { StoreOutcome } from './models.js'

/** One call may carry so many operations: one transaction holds the writer, and a longer list is better given to `addMessages`. */
export const maxRequestOperations = 1_000

/** What a caller may send again, and is done once. */
interface Repeatable {
  /** The SHA-256 of the caller's idempotency key, where there is one; the key itself may say something. */
  readonly keyHash?: Uint8Array | undefined
}

/** What may be held to some channels: what belongs to others is as if it were not there. */
interface Held {
  readonly withinChannels?: readonly string[] | undefined
}

/** Several operations of one call, in order: all of them or none. */
export interface OperationGroup extends Repeatable, Held {
  readonly name: 'group'
  readonly operations: readonly OperationMessage[]
}

/** Several operations of one call, in order, each of which stands or fails alone. */
export interface OperationBulk extends Repeatable, Held {
  readonly name: 'bulk'
  readonly items: readonly BulkItem[]
}

/** Several operations of one call, in one transaction. */
export type OperationRequest = OperationGroup | OperationBulk

/** What shares the writer's transactions. */
export type WriteMessage = OperationMessage | OperationRequest

/** A run of `storeMessage` operations, each of which has an outcome of its own. */
export interface StoreRun {
  readonly name: 'storeMessage run'
  readonly columns: MessageColumns
}

/** Keeps the place of an operation whose parameters were refused. */
export interface RefusedOperation {
  readonly name: 'refused'
  readonly error: ErrorData
}

export type BulkItem =
  Exclude<PlainOperation, { name: 'storeMessage' }> | PackedOperation | StoreRun | RefusedOperation

/** How one of several operations ended; a stored message by its outcome alone, since the caller knows its id. */
export type EachOutcome = Outcome<AnyResult> | StoreOutcome

/** How each of several operations ended; one word where all of them stored a new message. */
export type EachOutcomes = readonly EachOutcome[] | 'inserted'

export interface BulkAnswer {
  readonly outcomes: EachOutcomes
}

/** Packs messages as columns, and leaves the rest and the order as they are. */
export function packRuns<Other extends { readonly name: string }>(
  operations: readonly (OperationMessage | Other)[],
): (Exclude<PlainOperation, { name: 'storeMessage' }> | PackedOperation | StoreRun | Other)[]
export function packRuns(operations: readonly OperationMessage[]): unknown[] {
  const items: unknown[] = []
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

/** How many operations there are. */
export function countIn(request: OperationRequest): number {
  if (request.name === 'group') return request.operations.length
  return request.items.reduce(
    (count, item) => count + (item.name === 'storeMessage run' ? rowsOf(item) : 1),
    0,
  )
}

export const rowsOf = ({ columns }: StoreRun): number => columns.messageIds.length
