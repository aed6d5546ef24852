import { ConvoDbError, type ErrorDetails } from './errors.js'
import { isPlainObject } from './json-form.js'
import type { JsonObject } from './models.js'

/** Reads one JSON text; throws SyntaxError. */
export type ParseJson = (text: string) => unknown

/**
 * Reads a JSON object as it came out of a row.
 *
 * @param row the row's id, by its field.
 * @throws CORRUPT naming the row: nothing else was ever stored, so the file is damaged
 */
export function readJson(text: string, field: string, row: ErrorDetails, parse: ParseJson): JsonObject {
  const value = attempt(text, parse)
  if (isJson(value)) return value
  const name = Object.entries(row).map(([key, id]) => `${key} '${String(id)}'`)
  throw new ConvoDbError(
    'CORRUPT',
    `The ${field} of ${name.join()} is no JSON object: the file is damaged; convodb verify says where`,
    row,
  )
}

function attempt(text: string, parse: ParseJson): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** What JSON.parse gives holds nothing but JSON. */
const isJson = (value: unknown): value is JsonObject => isPlainObject(value)
