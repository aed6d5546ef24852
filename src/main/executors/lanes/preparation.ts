import { ConvoDbError } from '../../../protocol/errors.js'
import { packedOperation, type PackedOperation } from '../../../protocol/messages.js'
import type { OperationName } from '../../../protocol/operations.js'
import type { Packed } from '../../../protocol/packed.js'
import type { CallOptions } from '../../call-options.js'
import { doInTurns, type Stepwise } from '../../stepwise.js'
import type { Decode } from './pending-call.js'

/** A call whose parameters are large. */
export interface LargeCall {
  readonly name: OperationName
  readonly params: Stepwise<Packed>
  readonly options: CallOptions
  readonly decode: Decode
}

/** Stands for the operation of a call that is not packed yet. */
export const beingPacked = { name: 'being packed' } as const

/** Packs a call's parameters, turn by turn, for as long as `check` lets it. */
export async function packInTurns({ name, params }: LargeCall, check: () => void): Promise<PackedOperation> {
  return packedOperation(name, await doInTurns(params.steps, check))
}

/** @throws TOO_LARGE */
export function assertFitsQueue(bytes: number, maxQueuedBytes: number): void {
  if (bytes <= maxQueuedBytes) return
  throw new ConvoDbError(
    'TOO_LARGE',
    `One call of about ${bytes} bytes exceeds maxQueuedBytes (${maxQueuedBytes}); split it`,
    { bytes, maxQueuedBytes },
  )
}
