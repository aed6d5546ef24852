import { ConvoDbError } from '../../protocol/errors.js'
import type { LeasedConnection, LentConnection } from '../executors/executor.js'
import { readParams } from '../reading/read-params.js'
import { unreadable } from '../reading/reading.js'
import { decoderOf } from '../wire/result-decoder.js'
import { createCalls, type Calls } from './calls.js'
import type { Execute } from './execute.js'

/**
 * What `transaction` hands to its work: the named calls of a database, and SQL as `withConnection` has it. All of it is one
 * transaction, in which each sees what those before it did.
 */
export interface Transaction extends Calls, LeasedConnection {
  /** Runs an operation by its name in the registry, as that of a database does. */
  readonly execute: Execute
}

export function createTransaction({ sql, execute: carryOut }: LentConnection): Transaction {
  const execute: Execute = async (name, params, options) => {
    if (options !== undefined) {
      throw new ConvoDbError(
        'INVALID_ARGUMENT',
        'options is not taken inside a transaction: signal and timeoutMs belong to the transaction as a whole',
        { field: 'options' },
      )
    }
    try {
      return await carryOut(name, readParams(name, params), decoderOf(name))
    } catch (error) {
      throw error instanceof ConvoDbError ? error : unreadable()
    }
  }
  return Object.freeze({ ...createCalls(execute), ...sql, execute })
}
