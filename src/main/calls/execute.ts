import type { TypedParams, TypedResult } from '../../protocol/content-types.js'
import { ConvoDbError } from '../../protocol/errors.js'
import type { JsonObject } from '../../protocol/models.js'
import { isOperationName, operations, type OperationName, type Params } from '../../protocol/operations.js'
import { type CallOptions, checkCallOptions } from '../validation/call-options.js'
import type { Executor } from '../executors/executor.js'
import { readParams } from '../reading/read-params.js'
import { unreadable } from '../reading/reading.js'
import { decoderOf } from '../wire/result-decoder.js'

/** Runs an operation by name: reads and checks its parameters, has it carried out, and turns the result into the caller's form. */
export interface Execute<Metadata extends object = JsonObject, Profile extends object = JsonObject> {
  <N extends OperationName>(
    name: N,
    params: Params<N>,
    options?: CallOptions,
  ): Promise<TypedResult<N, Metadata, Profile>>
  <N extends OperationName>(
    name: N,
    params: TypedParams<N, Metadata, Profile>,
    options?: CallOptions,
  ): Promise<TypedResult<N, Metadata, Profile>>
}

export function createExecute<Metadata extends object, Profile extends object>(
  executor: Executor,
): Execute<Metadata, Profile>
export function createExecute(executor: Executor): unknown {
  // No async function: a call makes as few promises as it can.
  return <N extends OperationName>(name: N, params: unknown, options?: CallOptions): Promise<unknown> => {
    try {
      // Before anything is made of the parameters: refusing must cost less than doing.
      const refusal = isOperationName(name) ? executor.refusal(operations[name].lane) : undefined
      if (refusal !== undefined) return Promise.reject(refusal)
      const prepared = readParams(name, params)
      const answer = executor.execute(name, prepared, checkCallOptions(options), decoderOf(name))
      return answer.catch((error: unknown) => {
        throw answering(name, error)
      })
    } catch (error) {
      return Promise.reject(refusing(name, error))
    }
  }
}

/** An error as the answer to a call. What is none of our errors is a fault of ours: the caller's objects were read by then. */
export function answering(name: string, error: unknown): ConvoDbError {
  if (error instanceof ConvoDbError) return ConvoDbError.answering(name, error)
  const message = error instanceof Error ? error.message : String(error)
  return new ConvoDbError('INTERNAL', message, {}, { operation: name, cause: error })
}

/** An error that was met while parameters were read: what is none of ours, an object of the caller's has thrown. */
export function refusing(name: unknown, error: unknown): ConvoDbError {
  if (!(error instanceof ConvoDbError)) return unreadable()
  return typeof name === 'string' ? ConvoDbError.answering(name, error) : error
}
