import { ConvoDbError } from '../../protocol/errors.js'
import type { OperationMessage } from '../../protocol/messages.js'
import type { OperationName } from '../../protocol/operations.js'
import { packRuns, type OperationBulk, type RefusedOperation } from '../../protocol/requests.js'
import { Pace, type Steps } from '../../protocol/steps.js'
import { startSteps, type Stepwise } from '../stepwise.js'
import { readOperation, toOperations } from './read-operation.js'
import type { RequestManner } from '../validation/request-options.js'
import { unreadable } from './reading.js'

/** What is remembered of an operation while it is carried out, by which its outcome is told. */
export type ReadItem =
  | {
      readonly name: OperationName
      /** Of a message that is stored. */
      readonly messageId: string | undefined
    }
  | { readonly name: 'refused'; readonly error: ConvoDbError }

/** A bulk on its way from the caller. */
export interface ReadBulk {
  readonly items: readonly ReadItem[]
  readonly bulk: OperationBulk | Stepwise<OperationBulk>
}

/**
 * Reads the operations of one call, each as it would be read by itself. One that is refused keeps its place, and the others go on.
 *
 * @returns the bulk or, where it is large, what goes on reading it in steps; the items are complete when it is read.
 * @throws INVALID_ARGUMENT where there is no list of operations at all
 */
export function readBulk(given: unknown, manner: RequestManner): ReadBulk {
  const operations = toOperations(given)
  const items: ReadItem[] = []
  let bytes = 0
  const steps = readEach(operations, manner, (item, packedBytes) => {
    items.push(item)
    bytes += packedBytes
  })
  return { items, bulk: startSteps(steps, () => bytes) }
}

function* readEach(
  given: readonly unknown[],
  manner: RequestManner,
  note: (item: ReadItem, packedBytes: number) => void,
): Steps<OperationBulk> {
  const { length } = given
  const pace = new Pace()
  const operations: (OperationMessage | RefusedOperation)[] = []
  for (let index = 0; index < length; index += 1) {
    try {
      const operation = yield* readOperation(given[index], index)
      operations.push(operation)
      note(toItem(operation), 'packed' in operation ? operation.packed.bytes : 0)
    } catch (error) {
      const refusal = error instanceof ConvoDbError ? error : unreadable()
      operations.push({ name: 'refused', error: refusal.toJSON() })
      note({ name: 'refused', error: refusal }, 0)
    }
    if (!pace.isOver()) continue
    yield
    pace.restart()
  }
  return { name: 'bulk', items: packRuns<RefusedOperation>(operations), ...manner }
}

const toItem = (operation: OperationMessage): ReadItem => ({
  name: operation.name,
  messageId:
    operation.name === 'storeMessage' && 'params' in operation ? operation.params.messageId : undefined,
})
