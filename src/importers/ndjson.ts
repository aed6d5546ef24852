import { ConvoDbError } from '../main/index.js'
import { isPlainObject } from '../protocol/json.js'

/** Every spelling under which a known field may come, with the field's own name. */
export type FieldNames = ReadonlyMap<string, string>

/** Fields under their own names and in snake_case, as Python and SQL write them. */
export function fieldNames(fields: readonly string[]): FieldNames {
  return new Map(
    fields.flatMap((field) => [...new Set([field, toSnakeCase(field)])].map((key) => [key, field])),
  )
}

const toSnakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/**
 * Reads one line of NDJSON: a JSON object. Known fields come back under their own names, whichever way they are
 * spelled; all others are kept inside `metadata`, spelled as they are, so that nothing is lost. Whole numbers beyond 2^53 come
 * as text, with all their digits.
 *
 * @throws INVALID_ARGUMENT when it is no JSON object, or a field is there twice
 */
export function readFields(text: string, names: FieldNames): Readonly<Record<string, unknown>> {
  const value = parseJson(text)
  if (!isPlainObject(value)) throw new ConvoDbError('INVALID_ARGUMENT', 'the line is not a JSON object')
  const fields = new Map<string, unknown>()
  const others = new Map<string, unknown>()
  for (const [key, item] of Object.entries(value)) {
    const field = names.get(key)
    if (field === undefined) others.set(key, item)
    else if (fields.has(field)) throw givenTwice(field)
    else fields.set(field, item)
  }
  if (others.size > 0) fields.set('metadata', withOthers(fields.get('metadata'), others))
  return Object.fromEntries(fields)
}

/** An item of a list inside a line: names as for the line; unknown fields stay, and are refused by name later. */
export function renameFields(value: unknown, names: FieldNames): unknown {
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [names.get(key) ?? key, item]))
}

const mayHoldLongNumbers = /\d{16}/

/** A whole number beyond 2^53 would come back with other digits, so it is kept as the text that it was. */
function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isLong = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
  const source = context?.source
  return isLong && source !== undefined && /^-?\d+$/.test(source) ? source : value
}

function parseJson(text: string): unknown {
  try {
    return mayHoldLongNumbers.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConvoDbError('INVALID_ARGUMENT', `the line is not JSON: ${reason}`)
  }
}

function withOthers(metadata: unknown, others: ReadonlyMap<string, unknown>): unknown {
  // Metadata of another kind is wrong, and the check that follows says so.
  if (metadata !== undefined && metadata !== null && !isPlainObject(metadata)) return metadata
  const own = metadata ?? {}
  for (const key of others.keys()) if (Object.hasOwn(own, key)) throw givenTwice(key)
  return Object.fromEntries([...Object.entries(own), ...others])
}

function givenTwice(field: string): ConvoDbError {
  return new ConvoDbError('INVALID_ARGUMENT', `${field} is given twice`, { field })
}
