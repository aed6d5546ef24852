import { ConvoDbError, type ErrorDetails } from '../../protocol/errors.js'
import { isPlainObject } from '../../protocol/json.js'
import type { JsonObject } from '../../protocol/models.js'

/**
 * Reads a JSON object as it came out of a row.
 *
 * @param row the row's id, by its field.
 * @throws CORRUPT naming the row: nothing else was ever stored, so the file is damaged
 */
export function readJson(text: string, field: string, row: ErrorDetails): JsonObject {
  const value = parse(text)
  if (isJson(value)) return value
  const name = Object.entries(row).map(([key, id]) => `${key} '${String(id)}'`)
  throw new ConvoDbError(
    'CORRUPT',
    `The ${field} of ${name.join()} is no JSON object: the file is damaged; convodb verify says where`,
    row,
  )
}

export const readMetadata = (text: string | null, row: ErrorDetails): JsonObject | null =>
  text === null ? null : readJson(text, 'metadata', row)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What JSON.parse gives holds nothing but JSON. */
const isJson = (value: unknown): value is JsonObject => isPlainObject(value)
