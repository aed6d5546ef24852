import { ConvoDbError } from '../../../protocol/errors.js'
import { checkIdempotencyKey } from '../../validation/idempotency-key.js'
import { ofOperation } from '../../reading/of-operation.js'
import { unreadable } from '../../reading/reading.js'
import { encodeParams } from './encode-params.js'

/** Of which some may be refused before anything is sent, each in its place. */
export interface EncodedOperations {
  readonly text: string
  readonly refusals: ReadonlyMap<number, ConvoDbError>
}

/**
 * Several operations of one call, as one item of a request: `{ "batch": [...] }`, all or none, or `{ "each": [...] }`, of which one that
 * can not be read keeps its place: the server refuses it, too, and the others go on.
 *
 * @throws INVALID_ARGUMENT naming the operation and its field
 */
export function encodeOperations(
  kind: 'batch' | 'each',
  given: unknown,
  idempotencyKey: string | undefined,
): EncodedOperations {
  if (!Array.isArray(given)) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'operations must be an array', { field: 'operations' })
  }
  const refusals = new Map<number, ConvoDbError>()
  const texts = Array.from(given, (operation: unknown, index) => {
    try {
      return encodeOperation(operation)
    } catch (error) {
      const name: unknown = error instanceof ConvoDbError ? Reflect.get(Object(operation), 'name') : ''
      const refusal = ofOperation(error instanceof ConvoDbError ? error : unreadable(), index, name)
      if (kind === 'batch') throw refusal
      refusals.set(index, refusal)
      return `{"name":${JSON.stringify(name) ?? 'null'},"params":[[]]}`
    }
  })
  const key =
    idempotencyKey === undefined
      ? ''
      : `"idempotencyKey":${JSON.stringify(checkIdempotencyKey(idempotencyKey))},`
  return { text: `{${key}"${kind}":[${texts.join(',')}]}`, refusals }
}

/** What is no operation is sent as what is none there, either, so that it is refused in the same words. */
function encodeOperation(operation: unknown): string {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) return 'null'
  const { name, params, ...rest } = Object(operation)
  const fields = Object.keys(rest).map((key) => `${JSON.stringify(key)}:null`)
  if (params !== undefined) fields.unshift(`"params":${encodeParams(params)}`)
  if (name !== undefined) fields.unshift(`"name":${JSON.stringify(name) ?? 'null'}`)
  return `{${fields.join(',')}}`
}
