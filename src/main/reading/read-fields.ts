import { ConvoDbError } from '../../protocol/errors.js'
import { Reading, unreadable, type Reader } from './reading.js'

/** How one field of an object is read. */
export interface FieldReader {
  readonly key: string
  readonly isOptional: boolean
  readonly read: Reader
}

export type Fields = Readonly<Record<string, unknown>>

/** @throws INVALID_ARGUMENT when it is no object at all */
export function toObject(given: unknown, reading: Reading, expectation = 'must be an object'): Fields {
  return isObject(given) ? given : reading.refuse(expectation)
}

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An unknown field is most likely a typing error. */
export function refuseUnknown(given: Fields, known: ReadonlySet<string>, reading: Reading): void {
  for (const key of Object.keys(given)) {
    if (known.has(key)) continue
    reading.field = key
    reading.refuse('is not a known field')
  }
}

/** Reads some of an object's fields. */
export function readFields(
  given: Fields,
  fields: readonly FieldReader[],
  reading: Reading,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { key, isOptional, read } of fields) {
    const value = given[key]
    reading.field = key
    if (value !== undefined) values[key] = read(value, reading)
    else if (!isOptional) reading.refuse('is missing')
  }
  return values
}

/** Options of a call: a copy, each read once. @throws INVALID_ARGUMENT naming the option that is wrong */
export function readOptions(fields: readonly FieldReader[], options: unknown): Record<string, unknown> {
  const reading = new Reading()
  reading.field = 'options'
  try {
    const given = toObject(options, reading)
    refuseUnknown(given, new Set(fields.map(({ key }) => key)), reading)
    return readFields(given, fields, reading)
  } catch (error) {
    throw error instanceof ConvoDbError ? error : unreadable()
  }
}
