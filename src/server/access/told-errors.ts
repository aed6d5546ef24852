import { ConvoDbError } from '../../main/index.js'
import type { Caller } from './caller.js'

/**
 * An error as a caller may hear of it. What is wrong with the database as a whole is told with numbers of queues or names of rows, which
 * are of all channels; a key of certain ones is told the code.
 */
export function toldTo(caller: Caller | undefined, error: ConvoDbError): ConvoDbError {
  if (caller === undefined || caller.held === null || error.httpStatus < 500) return error
  return new ConvoDbError(
    error.code,
    'The server could not do this; its own log says more',
    {},
    {
      operation: error.operation,
    },
  )
}
