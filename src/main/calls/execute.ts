import type { TypedParams, TypedResult } from '../../protocol/content-types.js'
import type { AnswerForm } from '../../protocol/messages.js'
import type { JsonObject } from '../../protocol/models.js'
import { ConvoDbError } from '../../protocol/errors.js'
import {
  isOperationName,
  operations,
  type OperationName,
  type Params,
  type ReadOperationName,
} from '../../protocol/operations.js'
import {
  type CallOptions,
  type ChannelOptions,
  checkCallOptions,
  checkChannelOptions,
} from '../validation/call-options.js'
import type { Executor, LentJson, Prepared } from '../executors/executor.js'
import { readParams } from '../reading/read-params.js'
import { decoderOf } from '../wire/result-decoder.js'
import { answering, refusing } from './call-errors.js'

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

/** Runs a read by name, and gives its result's JSON in UTF-8, which the reader's thread has written. */
export type ExecuteJson = <N extends ReadOperationName>(
  name: N,
  params: Params<N>,
  options?: ChannelOptions,
) => Promise<Uint8Array>

/** The same, lent to `use`: its memory is used again when what that returns settles. */
export type LendJson = <N extends ReadOperationName, Value>(
  name: N,
  params: Params<N>,
  use: (json: Uint8Array) => Promise<Value> | Value,
  options?: ChannelOptions,
) => Promise<Value>

export function createExecuteJson(executor: Executor): ExecuteJson {
  return async (name, params, options) => (await readJson(executor, name, params, 'json', options)).bytes
}

export function createLendJson(executor: Executor): LendJson {
  return async (name, params, use, options) => {
    if (typeof use !== 'function')
      throw new ConvoDbError('INVALID_ARGUMENT', 'use must be a function', { field: 'use' })
    const lent = await readJson(executor, name, params, 'lent json', options)
    try {
      return await use(lent.bytes)
    } finally {
      lent.release()
    }
  }
}

async function readJson<N extends ReadOperationName>(
  executor: Executor,
  name: N,
  params: Params<N>,
  form: AnswerForm,
  options?: ChannelOptions,
): Promise<LentJson> {
  const refusal = executor.refusal('read')
  if (refusal !== undefined) throw refusal
  const prepared = read(name, params)
  try {
    return await executor.executeJson(name, prepared, form, checkChannelOptions(options))
  } catch (error) {
    throw answering(name, error)
  }
}

function read<N extends ReadOperationName>(name: N, params: unknown): Prepared<N> {
  try {
    const prepared = readParams(name, params)
    if (operations[name].lane === 'read') return prepared
  } catch (error) {
    throw refusing(name, error)
  }
  throw new ConvoDbError('INVALID_ARGUMENT', `'${name}' is no read operation`, { field: 'name' })
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
