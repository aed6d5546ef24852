import { packedOperation, type OperationMessage } from '../../../protocol/messages.js'
import type { OperationName } from '../../../protocol/operations.js'
import type { Packed } from '../../../protocol/packed.js'
import type { BulkItem, WriteMessage } from '../../../protocol/requests.js'
import type { Steps } from '../../../protocol/steps.js'
import type { CallOptions } from '../../validation/call-options.js'
import { Stepwise } from '../../stepwise.js'
import type { Decode } from './call.js'
import { emptyColumns, type MessageColumns } from '../../../protocol/message-columns.js'

/** A call whose parameters are large. */
export interface LargeCall<Request> {
  readonly request: Stepwise<Request>
  readonly options: CallOptions
  readonly decode: Decode
}

/** Stands for the operation of a call that is not packed yet. */
export const beingPacked = { name: 'being packed' } as const

/** An operation whose parameters are packed in steps. */
export function packLater(name: OperationName, params: Stepwise<Packed>): Stepwise<OperationMessage> {
  function* pack(): Steps<OperationMessage> {
    return packedOperation(name, yield* params.steps)
  }
  return new Stepwise(pack(), params.bytesSoFar)
}

/** A stored message beside its texts. */
const messageBytes = 256

/** What operations weigh in a queue, roughly: strings by their characters, everything else by a flat rate. */
export function estimateBytes(message: WriteMessage | BulkItem): number {
  if (message.name === 'group') return sumBytes(message.operations)
  if (message.name === 'bulk') return sumBytes(message.items)
  if (message.name === 'storeMessage run') return estimateColumns(message.columns)
  if (message.name === 'refused') return estimateValue(message.error)
  if ('packed' in message) return message.packed.bytes
  const { name, params } = message
  // By far the most frequent ones, and their fields are known: walking them costs ten times as much.
  if (name === 'storeMessage') {
    const { messageId, channelId, userId, content, metadata } = params
    const characters =
      messageId.length + channelId.length + userId.length + content.length + (metadata?.length ?? 0)
    return messageBytes + 2 * characters
  }
  return name === 'addMessages' ? estimateColumns(params.columns ?? emptyColumns()) : estimateValue(params)
}

const sumBytes = (messages: readonly (WriteMessage | BulkItem)[]): number =>
  messages.reduce((sum, one) => sum + estimateBytes(one), 0)

function estimateColumns(columns: MessageColumns): number {
  const { messageIds, channelIds, userIds, contents, extras } = columns
  let bytes = messageIds.length * messageBytes
  for (const column of [messageIds, channelIds, userIds, contents]) {
    for (const text of column) bytes += 2 * text.length
  }
  for (const rest of extras.values()) bytes += estimateValue(rest)
  return bytes
}

function estimateValue(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Float32Array) return 64 + value.byteLength
  let bytes = 32
  for (const field of Object.values(value)) bytes += 8 + estimateValue(field)
  return bytes
}
