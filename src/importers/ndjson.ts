import { ConvoDbError } from '../main/index.js'
import { isPlainObject } from '../protocol/json-form.js'

/** Every spelling under which a known field may come, with the field's own name. */
export type FieldNames = ReadonlyMap<string, string>

/** A line's fields, or those of an item in it. */
export type Fields = Readonly<Record<string, unknown>>

/** Fields under their own names and in snake_case, as Python and SQL write them. */
export function fieldNames(fields: readonly string[]): FieldNames {
  return new Map(
    fields.flatMap((field) => [...new Set([field, toSnakeCase(field)])].map((key) => [key, field])),
  )
}

const toSnakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/**
 * A line's known fields come back under their own names, whichever way they are spelled; all others are kept inside
 * `metadata`, spelled as they are, so that nothing is lost.
 *
 * @throws INVALID_ARGUMENT when a field is there twice
 */
export function toFields(object: Fields, names: FieldNames): Fields {
  const fields = new Map<string, unknown>()
  const others = new Map<string, unknown>()
  for (const [key, item] of Object.entries(object)) {
    const field = names.get(key)
    if (field === undefined) others.set(key, item)
    else if (fields.has(field)) throw givenTwice(field)
    else fields.set(field, item)
  }
  if (others.size > 0) fields.set('metadata', withOthers(fields.get('metadata'), others))
  return Object.fromEntries(fields)
}

/** Without those of these fields that are null, as Python and SQL write what is not there; of others null may have a meaning. */
export const withoutNulls = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key, item]) => item !== null || !names.includes(key)))

/** Fields under their own names, where no others are kept: unknown ones stay, and are refused by name later. */
export const renameFields = (fields: Fields, names: FieldNames): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, item]) => [names.get(key) ?? key, item]))

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
