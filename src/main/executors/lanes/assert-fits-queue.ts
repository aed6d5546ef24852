import { ConvoDbError } from '../../../protocol/errors.js'

/** @throws TOO_LARGE */
export function assertFitsQueue(bytes: number, maxQueuedBytes: number): void {
  if (bytes <= maxQueuedBytes) return
  throw new ConvoDbError(
    'TOO_LARGE',
    `One call of about ${bytes} bytes exceeds maxQueuedBytes (${maxQueuedBytes}); split it`,
    { bytes, maxQueuedBytes },
  )
}
