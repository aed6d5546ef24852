import type { TypedResult } from '../../protocol/content-types.js'
import { ConvoDbError, type ErrorData } from '../../protocol/errors.js'
import type { JsonObject } from '../../protocol/models.js'
import type { EachOutcome } from '../../protocol/requests.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import type { Executor } from '../executors/executor.js'
import { readBulk, type ReadBulk, type ReadItem } from '../reading/read-bulk.js'
import { startSteps, Stepwise } from '../stepwise.js'
import { checkRequestOptions, type RequestOptions } from '../validation/request-options.js'
import { decodeAnswer } from '../wire/result-decoder.js'
import type { BatchedName, BatchedOperation } from './batch.js'
import { answering, refusing } from './call-errors.js'

/** How one operation of several ended. */
export type OperationOutcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ConvoDbError }

/** The outcomes of several operations, in their order, each of its operation's type. */
export type OperationOutcomes<
  Operations extends readonly { readonly name: BatchedName }[],
  Metadata extends object = JsonObject,
  Profile extends object = JsonObject,
> = {
  -readonly [Index in keyof Operations]: OperationOutcome<
    TypedResult<Operations[Index]['name'], Metadata, Profile>
  >
}

export type ExecuteEach<Metadata extends object = JsonObject, Profile extends object = JsonObject> = <
  const Operations extends readonly BatchedOperation<Metadata, Profile>[],
>(
  operations: Operations,
  options?: RequestOptions,
) => Promise<OperationOutcomes<Operations, Metadata, Profile>>

/** Before its error has the caller's stack. */
type DecodedOutcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorData }

export function createExecuteEach<Metadata extends object, Profile extends object>(
  executor: Executor,
): ExecuteEach<Metadata, Profile>
export function createExecuteEach(executor: Executor): unknown {
  return executeEach

  async function executeEach(
    given: readonly BatchedOperation[],
    options?: RequestOptions,
  ): Promise<readonly OperationOutcome<unknown>[]> {
    const refusal = executor.refusal('write')
    if (refusal !== undefined) throw refusal
    const { items, bulk, callOptions } = read(given, options)
    const outcomes: DecodedOutcome[] = []
    const decode = (answer: unknown) => startSteps(decodeInSteps(items, answer, outcomes))
    try {
      await executor.executeRequest(bulk, callOptions, decode)
    } catch (error) {
      throw answering('executeEach', error)
    }
    // Here, after what was awaited, a stack shows the caller's line.
    return outcomes.map((outcome, index) =>
      outcome.ok ? outcome : { ok: false, error: errorOf(outcome.error, index, items[index]) },
    )
  }
}

function read(given: unknown, options: RequestOptions | undefined) {
  try {
    const { manner, callOptions } = checkRequestOptions(options)
    const { items, bulk }: ReadBulk = readBulk(given, manner)
    return { items, bulk, callOptions }
  } catch (error) {
    throw refusing('executeEach', error)
  }
}

/** The error as the operation by itself would meet it, and which of the operations that is. */
function errorOf({ code, message, details, cause }: ErrorData, index: number, item: ReadItem | undefined) {
  if (item === undefined || item.name === 'refused') {
    const refused = item?.error.cause ?? cause
    return new ConvoDbError(code, message, details, { operation: 'executeEach', cause: refused })
  }
  const { name } = item
  return new ConvoDbError(code, message, { ...details, index, operation: name }, { operation: name, cause })
}

function* decodeInSteps(
  items: readonly ReadItem[],
  answer: unknown,
  decoded: DecodedOutcome[],
): Steps<DecodedOutcome[]> {
  const pace = new Pace()
  const outcomes: unknown = Reflect.get(Object(answer), 'outcomes')
  for (const [index, item] of items.entries()) {
    const outcome = outcomeAt(outcomes, index)
    if (item.name === 'refused') {
      // Refused again where the rest is answered as it was before.
      decoded.push({ ok: false, error: item.error.toJSON() })
    } else if (typeof outcome === 'string') {
      decoded.push({ ok: true, value: { messageId: item.messageId, outcome } })
    } else if (outcome.ok) {
      const value = decodeAnswer(item.name, outcome.value)
      decoded.push({ ok: true, value: value instanceof Stepwise ? yield* value.steps : value })
    } else {
      decoded.push(outcome)
    }
    if (!pace.isOver()) continue
    yield
    pace.restart()
  }
  return decoded
}

const noAnswer: EachOutcome = {
  ok: false,
  error: { code: 'INTERNAL', message: 'The writer gave no answer to this operation' },
}

/** The outcome at a place. The writer answers every operation of a bulk. */
function outcomeAt(outcomes: unknown, index: number): EachOutcome
function outcomeAt(outcomes: unknown, index: number): unknown {
  if (outcomes === 'inserted') return outcomes
  return Array.isArray(outcomes) && index < outcomes.length ? outcomes[index] : noAnswer
}
