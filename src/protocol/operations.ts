import type { ParamsSchema } from './fields.js'
import type { MessageColumns } from './message-columns.js'
import { changeOperations } from './operations/changes.js'
import { channelOperations } from './operations/channels.js'
import { embeddingOperations } from './operations/embeddings.js'
import { historyOperations } from './operations/history.js'
import { maintenanceOperations } from './operations/maintenance.js'
import { messageOperations } from './operations/messages.js'
import { pendingOperations } from './operations/pending.js'
import { segmentingOperations } from './operations/segmenting.js'
import { recallOperations } from './operations/recall.js'
import { segmentOperations } from './operations/segments.js'
import { transferOperations } from './operations/transfer.js'
import { userOperations } from './operations/users.js'
import type { NewMessage, OnConflict } from './parameters.js'
import type { ResultSchema } from './results.js'
import type { Wire } from './wire.js'

/**
 * The registry: every operation's lane, parameters and result. The messages between threads, the handler tables, the
 * facade's types and every entrance's checks derive from it.
 */
export const operations = {
  ...channelOperations,
  ...messageOperations,
  ...historyOperations,
  ...segmentOperations,
  ...recallOperations,
  ...segmentingOperations,
  ...embeddingOperations,
  ...pendingOperations,
  ...userOperations,
  ...changeOperations,
  ...maintenanceOperations,
  ...transferOperations,
}

type Registry = typeof operations

export type OperationName = keyof Registry
export type ReadOperationName = {
  [N in OperationName]: Registry[N]['lane'] extends 'read' ? N : never
}[OperationName]
export type WriteOperationName = Exclude<OperationName, ReadOperationName>
/** Of the writes, those before which unindexed messages are indexed. */
export type AfterIndexingOperationName = {
  [N in WriteOperationName]: Registry[N]['afterIndexing'] extends true ? N : never
}[WriteOperationName]

export type Params<N extends OperationName> = N extends OperationName
  ? Registry[N]['params'] extends ParamsSchema<infer Value>
    ? Value
    : never
  : never
export type Result<N extends OperationName> =
  Registry[N]['result'] extends ResultSchema<infer Value> ? Value : never

/** Many messages cross column by column; very many in chunks, in which one that is long stands by itself. */
interface AddedMessages {
  readonly columns?: MessageColumns
  readonly chunks?: readonly (MessageColumns | Wire<NewMessage>)[]
  readonly onConflict?: OnConflict | undefined
}

/** Spelled as tables, so that the compiler can follow a name from a message to its handler. */
type WireParamsTable = { [N in OperationName]: N extends 'addMessages' ? AddedMessages : Wire<Params<N>> }
type WireResultTable = { [N in OperationName]: Wire<Result<N>> }
export type WireParams<N extends OperationName> = WireParamsTable[N]
export type WireResult<N extends OperationName> = WireResultTable[N]

/** Whether `name` is an operation; guards against `constructor` and other names every object answers to. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name)
}
