import { ConvoDbError } from '../../protocol/errors.js'
import type { operations, OperationName, Params, Result } from '../../protocol/operations.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Executor } from '../executors/executor.js'
import { readGroup } from '../reading/read-group.js'
import { unreadable } from '../reading/reading.js'
import { Stepwise } from '../stepwise.js'
import { checkCallOptions } from '../validation/call-options.js'
import { decodeAnswer } from '../wire/result-decoder.js'

type Registry = typeof operations

/** Operations that run inside a transaction: all but the upkeep of the file. */
type BatchedName = {
  [N in OperationName]: Registry[N]['transaction'] extends 'none' ? never : N
}[OperationName]

/** An operation by its name in the registry, with its parameters. */
export type BatchedOperation = {
  [N in BatchedName]: { readonly name: N; readonly params: Params<N> }
}[BatchedName]

/** The results of a batch, in its order, each of its operation's type. */
export type BatchResults<Operations extends readonly BatchedOperation[]> = {
  -readonly [Index in keyof Operations]: Result<Operations[Index]['name']>
}

export type Batch = <const Operations extends readonly BatchedOperation[]>(
  operations: Operations,
  options?: CallOptions,
) => Promise<BatchResults<Operations>>

export function createBatch(executor: Executor): Batch {
  return batch

  function batch<const Operations extends readonly BatchedOperation[]>(
    given: Operations,
    options?: CallOptions,
  ): Promise<BatchResults<Operations>>
  async function batch(
    given: readonly BatchedOperation[],
    options?: CallOptions,
  ): Promise<readonly unknown[]> {
    const refusal = executor.refusal('write')
    if (refusal !== undefined) throw refusal
    try {
      const group = readGroup(given)
      const names = Array.from(given, ({ name }) => name)
      return await executor.executeGroup(group, checkCallOptions(options), (values) =>
        decodeEach(names, values),
      )
    } catch (error) {
      throw error instanceof ConvoDbError ? error : unreadable()
    }
  }
}

function decodeEach(names: readonly OperationName[], values: unknown): unknown[] | Stepwise<unknown[]> {
  const steps = decodeInSteps(names, values)
  const first = steps.next()
  return first.done === true ? first.value : new Stepwise(steps)
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
