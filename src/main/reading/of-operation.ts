import { ConvoDbError } from '../../protocol/errors.js'
import { allOfThem } from './reading.js'

/** What is wrong with one operation of several: its cause is the error as the operation by itself would meet it. */
export function ofOperation(cause: ConvoDbError, index: number, given: unknown): ConvoDbError {
  const { code, message, details } = cause
  const field = `operations[${index}]`
  const name = typeof given === 'string' ? given.slice(0, 100) : `a ${typeof given}`
  const within = details['field'] === 'name' ? 'name' : withinParams(details['field'])
  const text = `${field} (${name}): ${message}`
  return new ConvoDbError(
    code,
    text,
    { ...details, index, operation: name, field: `${field}.${within}` },
    { cause },
  )
}

/** What is wrong with all of them has no name of a field. */
const withinParams = (field: unknown): string =>
  field === undefined || field === allOfThem ? 'params' : `params.${String(field)}`
