import type { TypedParams, TypedResult } from '../../protocol/content-types.js'
import type { JsonObject } from '../../protocol/models.js'
import type { operations, OperationName } from '../../protocol/operations.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import type { Executor } from '../executors/executor.js'
import { readGroup } from '../reading/read-group.js'
import { startSteps, Stepwise } from '../stepwise.js'
import { checkRequestOptions, type RequestOptions } from '../validation/request-options.js'
import { answering, refusing } from './call-errors.js'
import { decodeAnswer } from '../wire/result-decoder.js'

type Registry = typeof operations

/** Operations that run inside a transaction: all but the upkeep of the file. */
export type BatchedName = {
  [N in OperationName]: Registry[N]['transaction'] extends 'none' ? never : N
}[OperationName]

/** An operation by its name in the registry, with its parameters. */
export type BatchedOperation<Metadata extends object = JsonObject, Profile extends object = JsonObject> = {
  [N in BatchedName]: { readonly name: N; readonly params: TypedParams<N, Metadata, Profile> }
}[BatchedName]

/** The results of a batch, in its order, each of its operation's type. */
export type BatchResults<
  Operations extends readonly { readonly name: BatchedName }[],
  Metadata extends object = JsonObject,
  Profile extends object = JsonObject,
> = { -readonly [Index in keyof Operations]: TypedResult<Operations[Index]['name'], Metadata, Profile> }

export type Batch<Metadata extends object = JsonObject, Profile extends object = JsonObject> = <
  const Operations extends readonly BatchedOperation<Metadata, Profile>[],
>(
  operations: Operations,
  options?: RequestOptions,
) => Promise<BatchResults<Operations, Metadata, Profile>>

export function createBatch<Metadata extends object, Profile extends object>(
  executor: Executor,
): Batch<Metadata, Profile>
export function createBatch(executor: Executor): unknown {
  return batch

  async function batch(
    given: readonly BatchedOperation[],
    options?: RequestOptions,
  ): Promise<readonly unknown[]> {
    const refusal = executor.refusal('write')
    if (refusal !== undefined) throw refusal
    const { names, group, callOptions } = read(given, options)
    const decode = (values: unknown) => startSteps(decodeInSteps(names, values))
    try {
      return await executor.executeRequest(group, callOptions, decode)
    } catch (error) {
      throw answering('batch', error)
    }
  }
}

function read(given: unknown, options: RequestOptions | undefined) {
  try {
    const { manner, callOptions } = checkRequestOptions(options)
    const { names, group } = readGroup(given, manner)
    return { names, group, callOptions }
  } catch (error) {
    throw refusing('batch', error)
  }
}

function* decodeInSteps(names: readonly OperationName[], values: unknown): Steps<unknown[]> {
  const pace = new Pace()
  const decoded: unknown[] = []
  for (const [index, name] of names.entries()) {
    const value = decodeAnswer(name, Array.isArray(values) ? values[index] : undefined)
    decoded.push(value instanceof Stepwise ? yield* value.steps : value)
    if (!pace.isOver()) continue
    yield
    pace.restart()
  }
  return decoded
}
