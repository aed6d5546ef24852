import { ConvoDbError } from '../../protocol/errors.js'
import { isOperationName, type OperationName, type Params, type Result } from '../../protocol/operations.js'
import type { CallOptions } from '../call-options.js'
import type { Executor } from '../executors/executor.js'
import { checkCallOptions } from '../validation/call-options.js'
import { checkParams } from '../validation/params.js'
import { fromWire } from '../wire/from-wire.js'
import { toWire } from '../wire/to-wire.js'

/** Runs an operation by name: checks its parameters, has it carried out, and turns the result into the caller's form. */
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
      if (isOperationName(name)) executor.assertRoom(name)
      const wireParams = toWire[name](checkParams(name, params))
      return executor.execute(name, wireParams, checkCallOptions(options), fromWire[name])
    } catch (error) {
      return Promise.reject(error instanceof ConvoDbError ? error : unreadable())
    }
  }
}

/** Whatever a caller's getter or proxy threw while its parameters were read; what it threw is not shown to anybody. */
const unreadable = (): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', 'the parameter can not be read: a getter or a proxy of it threw', {
    field: 'the parameter',
  })
