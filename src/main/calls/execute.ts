import { ConvoDbError } from '../../protocol/errors.js'
import {
  isOperationName,
  operations,
  type OperationName,
  type Params,
  type Result,
} from '../../protocol/operations.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Executor } from '../executors/executor.js'
import { checkCallOptions } from '../validation/call-options.js'
import { readParams } from '../reading/read-params.js'
import { unreadable } from '../reading/reading.js'
import { decoderOf } from '../wire/result-decoder.js'

/** Runs an operation by name: reads and checks its parameters, has it carried out, and turns the result into the caller's form. */
export type Execute = <N extends OperationName>(
  name: N,
  params: Params<N>,
  options?: CallOptions,
) => Promise<Result<N>>

export function createExecute(executor: Executor): Execute {
  // No async function: a call makes as few promises as it can.
  return (name, params, options) => {
    try {
      // Before anything is made of the parameters: refusing must cost less than doing.
      const refusal = isOperationName(name) ? executor.refusal(operations[name].lane) : undefined
      if (refusal !== undefined) return Promise.reject(refusal)
      const prepared = readParams(name, params)
      return executor.execute(name, prepared, checkCallOptions(options), decoderOf(name))
    } catch (error) {
      return Promise.reject(error instanceof ConvoDbError ? error : unreadable())
    }
  }
}
