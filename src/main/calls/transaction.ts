import { ConvoDbError } from '../../protocol/errors.js'
import type { LeasedConnection, LentConnection, Prepared } from '../executors/executor.js'
import type { JsonObject } from '../../protocol/models.js'
import type { OperationName } from '../../protocol/operations.js'
import type { CallOptions } from '../validation/call-options.js'
import { readParams } from '../reading/read-params.js'
import { decoderOf } from '../wire/result-decoder.js'
import { createCalls, type Calls } from './calls.js'
import { answering, refusing, type Execute } from './execute.js'

/**
 * What `transaction` hands to its work: the named calls of a database, and SQL as `withConnection` has it. All of it is one
 * transaction, in which each sees what those before it did.
 */
export interface Transaction<Metadata extends object = JsonObject, Profile extends object = JsonObject>
  extends Calls<Metadata, Profile>, LeasedConnection {
  /** Runs an operation by its name in the registry, as that of a database does. */
  readonly execute: Execute<Metadata, Profile>
}

export function createTransaction<Metadata extends object, Profile extends object>({
  sql,
  execute: carryOut,
}: LentConnection): Transaction<Metadata, Profile> {
  const execute = executeWithin<Metadata, Profile>(carryOut)
  return Object.freeze({ ...createCalls(execute), ...sql, execute })
}

/** As `createExecute`, over a lease instead of the lanes. */
function executeWithin<Metadata extends object, Profile extends object>(
  carryOut: LentConnection['execute'],
): Execute<Metadata, Profile>
function executeWithin(carryOut: LentConnection['execute']): unknown {
  return async <N extends OperationName>(
    name: N,
    params: unknown,
    options?: CallOptions,
  ): Promise<unknown> => {
    if (options !== undefined) {
      throw new ConvoDbError(
        'INVALID_ARGUMENT',
        'options is not taken inside a transaction: signal and timeoutMs belong to the transaction as a whole',
        { field: 'options' },
      )
    }
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
