import { ConvoDbError } from '../../protocol/errors.js'
import {
  operationMessage,
  packedOperation,
  type OperationGroup,
  type OperationMessage,
} from '../../protocol/messages.js'
import { operations, type OperationName } from '../../protocol/operations.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import { startSteps, Stepwise } from '../stepwise.js'
import { readParams } from './read-params.js'

/** One transaction holds the writer, and a list that is longer is better given to `addMessages`. */
const maxGroupOperations = 1_000

const wrong = (field: string, expectation: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })

/** A group on its way from the caller. */
export interface ReadGroup {
  /** Of its operations, as they were read; each is asked for its name once. */
  readonly names: readonly OperationName[]
  readonly group: OperationGroup | Stepwise<OperationGroup>
}

/**
 * Reads the operations of one call, each as it would be read by itself.
 *
 * @returns the group or, where it is large, what goes on reading it in steps; the names are complete when it is read.
 * @throws INVALID_ARGUMENT naming the operation and its field; the steps throw it, too
 */
export function readGroup(given: unknown): ReadGroup {
  if (!Array.isArray(given)) throw wrong('operations', 'must be an array')
  if (given.length > maxGroupOperations) {
    throw wrong(
      'operations',
      `must have at most ${maxGroupOperations} items; use addMessages, or a transaction`,
    )
  }
  const names: OperationName[] = []
  let bytes = 0
  const steps = readEach(given, names, (more) => (bytes += more))
  return { names, group: startSteps(steps, () => bytes) }
}

function* readEach(
  given: readonly unknown[],
  names: OperationName[],
  note: (bytes: number) => void,
): Steps<OperationGroup> {
  const { length } = given
  const pace = new Pace()
  const read: OperationMessage[] = []
  for (let index = 0; index < length; index += 1) {
    const { name, params } = toOperation(given[index], `operations[${index}]`)
    try {
      const prepared = readParams(name, params)
      if (operations[name].transaction === 'none')
        throw wrong('name', 'must be an operation of a transaction')
      names.push(name)
      if (prepared instanceof Stepwise) {
        const packed = yield* prepared.steps
        note(packed.bytes)
        read.push(packedOperation(name, packed))
      } else {
        read.push(operationMessage(name, prepared))
      }
    } catch (error) {
      throw error instanceof ConvoDbError ? ofOperation(error, index, name) : error
    }
    if (!pace.isOver()) continue
    yield
    pace.restart()
  }
  return { name: 'group', operations: read }
}

function toOperation(
  given: unknown,
  field: string,
): { readonly name: OperationName; readonly params: unknown }
function toOperation(given: unknown, field: string): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw wrong(field, 'must be an object')
  const { name, params, ...rest } = Object(given)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw wrong(`${field}.${unknown}`, 'is not a known field; there are name and params')
  return { name, params }
}

function ofOperation({ code, message, details }: ConvoDbError, index: number, name: unknown): ConvoDbError {
  const field = `operations[${index}]`
  const within = details['field'] === 'name' ? 'name' : `params.${String(details['field'])}`
  return new ConvoDbError(code, `${field} (${String(name)}): ${message}`, {
    ...details,
    index,
    operation: String(name),
    field: `${field}.${within}`,
  })
}
