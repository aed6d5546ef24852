import { ConvoDbError } from '../../protocol/errors.js'
import type { OperationName } from '../../protocol/operations.js'
import type { LentConnection, Prepared } from '../executors/executor.js'
import { readParams } from '../reading/read-params.js'
import type { CallOptions } from '../validation/call-options.js'
import { decoderOf } from '../wire/result-decoder.js'
import { answering, refusing, type Execute } from './execute.js'

/** As `createExecute`, over a lease instead of the lanes. */
export function executeWithin<Metadata extends object, Profile extends object>(
  carryOut: LentConnection['execute'],
): Execute<Metadata, Profile>
export function executeWithin(carryOut: LentConnection['execute']): unknown {
  return async <N extends OperationName>(
    name: N,
    params: unknown,
    options?: CallOptions,
  ): Promise<unknown> => {
    refuseOptions(options)
    const prepared = readFor(name, params)
    try {
      return await carryOut(name, prepared, decoderOf(name))
    } catch (error) {
      throw answering(name, error)
    }
  }
}

function readFor<N extends OperationName>(name: N, params: unknown): Prepared<N> {
  try {
    return readParams(name, params)
  } catch (error) {
    throw refusing(name, error)
  }
}

/** @throws INVALID_ARGUMENT when a call inside a transaction has options of its own */
export function refuseOptions(options: CallOptions | undefined): void {
  if (options === undefined) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    'options is not taken inside a transaction: signal and timeoutMs belong to the transaction as a whole',
    { field: 'options' },
  )
}
