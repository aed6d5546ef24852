import { ConvoDbError } from '../../protocol/errors.js'
import { operationMessage, packedOperation, type OperationMessage } from '../../protocol/messages.js'
import { operations, type OperationName } from '../../protocol/operations.js'
import { maxRequestOperations } from '../../protocol/requests.js'
import type { Steps } from '../../protocol/steps.js'
import { Stepwise } from '../stepwise.js'
import { ofOperation } from './of-operation.js'
import { readParams } from './read-params.js'
import { unreadable } from './reading.js'

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })

/** @throws INVALID_ARGUMENT */
export function toOperations(given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw wrong('operations', 'must be an array')
  if (given.length <= maxRequestOperations) return given
  throw wrong(
    'operations',
    `must have at most ${maxRequestOperations} items; use addMessages, or a transaction`,
  )
}

/**
 * Reads one operation of several as it would be read by itself; it is asked for its name once.
 *
 * @throws INVALID_ARGUMENT naming the operation and its field
 */
export function* readOperation(given: unknown, index: number): Steps<OperationMessage> {
  const { name, params } = toOperation(given, index)
  try {
    const prepared = readParams(name, params)
    if (operations[name].transaction === 'none') throw wrong('name', 'must be an operation of a transaction')
    return prepared instanceof Stepwise
      ? packedOperation(name, yield* prepared.steps)
      : operationMessage(name, prepared)
  } catch (error) {
    throw ofOperation(error instanceof ConvoDbError ? error : unreadable(), index, name)
  }
}

function toOperation(
  given: unknown,
  index: number,
): { readonly name: OperationName; readonly params: unknown }
function toOperation(given: unknown, index: number): unknown {
  const field = `operations[${index}]`
  const refuse = (where: string, expectation: string): ConvoDbError =>
    new ConvoDbError('INVALID_ARGUMENT', `${where} ${expectation}`, { field: where, index })
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw refuse(field, 'must be an object')
  const { name, params, ...rest } = Object(given)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw refuse(`${field}.${unknown}`, 'is not a known field; there are name and params')
  return { name, params }
}
