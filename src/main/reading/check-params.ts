import { finishNow } from '../../protocol/steps.js'
import type { OperationName, Params } from '../../protocol/operations.js'
import { Stepwise } from '../stepwise.js'
import { readParams } from './read-params.js'

/**
 * The parameters, if the operation would take them.
 *
 * @throws INVALID_ARGUMENT naming the field that is wrong
 */
export function checkParams<N extends OperationName>(name: N, params: unknown): Params<N>
export function checkParams(name: OperationName, params: unknown): unknown {
  const prepared = readParams(name, params)
  if (prepared instanceof Stepwise) finishNow(prepared.steps)
  return params
}
