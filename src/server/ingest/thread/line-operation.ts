import type { Params } from '../../../main/index.js'
import { parseObject } from '../../../importers/parse-line.js'
import type { OnConflict } from '../../../protocol/parameters.js'

/** The operation that stores a line's message, as `executeEach` takes it. */
export interface LineOperation {
  readonly name: 'storeMessage'
  readonly params: Params<'storeMessage'>
}

/**
 * Reads a line as the body of `POST /v1/messages`. Its fields are checked where those of every call are.
 *
 * @param onConflict for a line that does not say it itself.
 * @throws INVALID_ARGUMENT when the line is no JSON object
 */
export function toOperation(text: string, onConflict: OnConflict | undefined): LineOperation
export function toOperation(text: string, onConflict: OnConflict | undefined): object {
  const fields = parseObject(text)
  return { name: 'storeMessage', params: onConflict === undefined ? fields : { onConflict, ...fields } }
}
