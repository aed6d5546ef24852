import { ConvoDbError } from '../../../protocol/errors.js'
import type { SqlParams } from '../../../protocol/lease.js'

const wrong = (field: 'sql' | 'params', problem: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${problem}`, { field })

/** UTF-8 has none, and another character would be stored in its place: two ids could become one. */
const loneSurrogate = 'must be well-formed Unicode text (it holds a lone surrogate)'

/** Where this would go on with something else, errors would be those of whoever stumbles over it. @throws INVALID_ARGUMENT */
export function checkStatement(sql: string, params: SqlParams = []): void {
  if (typeof sql !== 'string') throw wrong('sql', 'must be text')
  if (!sql.isWellFormed()) throw wrong('sql', loneSurrogate)
  if (typeof params !== 'object' || params === null) {
    throw wrong('params', 'must be a list of values, or an object that has them by their names')
  }
  for (const value of Object.values(params)) {
    if (typeof value === 'string' && !value.isWellFormed()) throw wrong('params', loneSurrogate)
  }
}

/** What can not be sent to a thread, such as a function or a symbol, is nothing that SQL takes either. */
export const explainClone = (error: unknown): unknown =>
  error instanceof DOMException && error.name === 'DataCloneError'
    ? wrong('params', 'has what is no value; SQL takes text, numbers, bigints, bytes and null')
    : error
