import { ConvoDbError } from '../../protocol/errors.js'

const maxKeyLength = 255

/** @throws INVALID_ARGUMENT */
export function checkIdempotencyKey(key: unknown): string {
  if (typeof key === 'string' && key.length > 0 && key.length <= maxKeyLength && key.isWellFormed())
    return key
  const field = 'idempotencyKey'
  const expectation = `must be a well-formed text of 1 to ${maxKeyLength} characters`
  throw new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
}
