import { ConvoDbError } from '../../protocol/errors.js'
import type { CallOptions } from '../validation/call-options.js'

/** @throws INVALID_ARGUMENT when a call inside a transaction has options of its own */
export function refuseOptions(options: CallOptions | undefined): void {
  if (options === undefined) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    'options is not taken inside a transaction: signal and timeoutMs belong to the transaction as a whole',
    { field: 'options' },
  )
}
