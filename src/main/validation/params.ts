import { Compile, type Validator } from 'typebox/compile'
import type { TSchema } from 'typebox'
import { ConvoDbError } from '../../protocol/errors.js'
import { isOperationName, operations, type OperationName, type Params } from '../../protocol/operations.js'
import { check } from './check.js'

const validators = new Map<OperationName, Validator<Record<never, never>, TSchema>>()

/**
 * Checks an operation as it came in, from whichever entrance.
 *
 * @throws INVALID_ARGUMENT when there is no such operation, or naming the field that is wrong
 */
export function checkParams<N extends OperationName>(name: N, params: unknown): Params<N>
export function checkParams(name: unknown, params: unknown): unknown {
  // An object may turn into another text each time it is asked, so only a text is a name.
  if (typeof name !== 'string' || !isOperationName(name)) {
    const given = typeof name === 'string' ? `'${name.slice(0, 100)}'` : `that is a ${typeof name}`
    throw new ConvoDbError('INVALID_ARGUMENT', `There is no operation ${given}`, { field: 'name' })
  }
  return check(validatorOf(name), params, 'the parameter')
}

/** Compiled when first needed: a program uses few of them. */
function validatorOf(name: OperationName): Validator<Record<never, never>, TSchema> {
  const known = validators.get(name)
  if (known !== undefined) return known
  const compiled = Compile(operations[name].params)
  validators.set(name, compiled)
  return compiled
}
