import { ConvoDbError } from '../../../protocol/errors.js'
import { packedOperation, type OperationMessage } from '../../../protocol/messages.js'
import type { OperationName } from '../../../protocol/operations.js'
import type { Packed } from '../../../protocol/packed.js'
import type { Steps } from '../../../protocol/steps.js'
import type { CallOptions } from '../../call-options.js'
import { Stepwise } from '../../stepwise.js'
import type { Decode } from './pending-call.js'

/** A call whose parameters are large. */
export interface LargeCall<Request> {
  readonly request: Stepwise<Request>
  readonly options: CallOptions
  readonly decode: Decode
}

/** Stands for the operation of a call that is not packed yet. */
export const beingPacked = { name: 'being packed' } as const

/** @throws TOO_LARGE */
export function assertFitsQueue(bytes: number, maxQueuedBytes: number): void {
  if (bytes <= maxQueuedBytes) return
  throw new ConvoDbError(
    'TOO_LARGE',
    `One call of about ${bytes} bytes exceeds maxQueuedBytes (${maxQueuedBytes}); split it`,
    { bytes, maxQueuedBytes },
  )
}

/** An operation whose parameters are packed in steps. */
export function packLater(name: OperationName, params: Stepwise<Packed>): Stepwise<OperationMessage> {
  function* pack(): Steps<OperationMessage> {
    return packedOperation(name, yield* params.steps)
  }
  return new Stepwise(pack(), params.bytesSoFar)
}
