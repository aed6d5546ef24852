import { ConvoDbError } from '../../../protocol/errors.js'
import { checkIdempotencyKey } from '../../validation/idempotency-key.js'
import { encodeParams } from './encode-params.js'

/**
 * Several operations of one call, as one item of a request: `{ "batch": [...] }`, all or none, or `{ "each": [...] }`.
 *
 * @throws INVALID_ARGUMENT naming the operation and its field
 */
export function encodeOperations(
  kind: 'batch' | 'each',
  given: unknown,
  idempotencyKey: string | undefined,
): string {
  if (!Array.isArray(given)) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'operations must be an array', { field: 'operations' })
  }
  const texts = Array.from(given, kind === 'batch' ? encodeOperation : encodeAlone)
  const key =
    idempotencyKey === undefined
      ? ''
      : `"idempotencyKey":${JSON.stringify(checkIdempotencyKey(idempotencyKey))},`
  return `{${key}"${kind}":[${texts.join(',')}]}`
}

/** One that can not be read keeps its place: the server refuses it, and the others go on. */
function encodeAlone(operation: unknown): string {
  try {
    return encodeOperation(operation)
  } catch (error) {
    const name: unknown = error instanceof ConvoDbError ? Reflect.get(Object(operation), 'name') : ''
    return `{"name":${JSON.stringify(name) ?? 'null'},"params":[[]]}`
  }
}

function encodeOperation(operation: unknown): string {
  if (typeof operation !== 'object' || operation === null) return 'null'
  const { name, params, ...rest } = Object(operation)
  const extra = Object.keys(rest).map((key) => `,${JSON.stringify(key)}:null`)
  const encoded = params === undefined ? '' : `,"params":${encodeParams(params)}`
  return `{"name":${JSON.stringify(name) ?? 'null'}${encoded}${extra.join('')}}`
}
