import { ConvoDbError } from '../../../protocol/errors.js'
import { encodeParams } from './encode-params.js'

/**
 * Several operations of one call, as one of a request: `{ "batch": [...] }`.
 *
 * @throws INVALID_ARGUMENT naming the operation and its field
 */
export function encodeBatch(given: unknown): string {
  if (!Array.isArray(given)) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'operations must be an array', { field: 'operations' })
  }
  const texts = Array.from(given, (operation: unknown) => {
    if (typeof operation !== 'object' || operation === null) return 'null'
    const { name, params, ...rest } = Object(operation)
    const extra = Object.keys(rest).map((key) => `,${JSON.stringify(key)}:null`)
    const encoded = params === undefined ? '' : `,"params":${encodeParams(params)}`
    return `{"name":${JSON.stringify(name) ?? 'null'}${encoded}${extra.join('')}}`
  })
  return `{"batch":[${texts.join(',')}]}`
}
