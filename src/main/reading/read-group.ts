import type { OperationMessage } from '../../protocol/messages.js'
import type { OperationName } from '../../protocol/operations.js'
import type { OperationGroup } from '../../protocol/requests.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import { startSteps, type Stepwise } from '../stepwise.js'
import { readOperation, toOperations } from './read-operation.js'
import type { RequestManner } from '../validation/request-options.js'

/** A group on its way from the caller. */
export interface ReadGroup {
  /** Of its operations, as they were read. */
  readonly names: readonly OperationName[]
  readonly group: OperationGroup | Stepwise<OperationGroup>
}

/**
 * Reads the operations of one call, each as it would be read by itself.
 *
 * @returns the group or, where it is large, what goes on reading it in steps; the names are complete when it is read.
 * @throws INVALID_ARGUMENT naming the operation and its field; the steps throw it, too
 */
export function readGroup(given: unknown, manner: RequestManner): ReadGroup {
  const operations = toOperations(given)
  const names: OperationName[] = []
  let bytes = 0
  const steps = readEach(operations, manner, (operation) => {
    names.push(operation.name)
    if ('packed' in operation) bytes += operation.packed.bytes
  })
  return { names, group: startSteps(steps, () => bytes) }
}

function* readEach(
  given: readonly unknown[],
  manner: RequestManner,
  note: (operation: OperationMessage) => void,
): Steps<OperationGroup> {
  const { length } = given
  const pace = new Pace()
  const operations: OperationMessage[] = []
  for (let index = 0; index < length; index += 1) {
    const operation = yield* readOperation(given[index], index)
    note(operation)
    operations.push(operation)
    if (!pace.isOver()) continue
    yield
    pace.restart()
  }
  return { name: 'group', operations, ...manner }
}
