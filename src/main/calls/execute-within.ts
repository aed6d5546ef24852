import type { OperationName } from '../../protocol/operations.js'
import type { LentConnection, Prepared } from '../executors/executor.js'
import { readParams } from '../reading/read-params.js'
import type { CallOptions } from '../validation/call-options.js'
import { decoderOf } from '../wire/result-decoder.js'
import { answering, refusing } from './call-errors.js'
import type { Execute } from './execute.js'
import { refuseOptions } from './refuse-options.js'

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
