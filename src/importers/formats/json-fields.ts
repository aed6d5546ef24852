import type { JsonObject, JsonValue } from '../../protocol/models.js'
import { isPlainObject } from '../../protocol/json-form.js'

type Given = JsonValue | undefined

/** Fields of other people's JSON, of which any may be missing or of another kind than it was. */

const isObject = (value: Given): value is JsonObject => isPlainObject(value)

/** An object, or one without fields. */
export const objectOf = (value: Given): JsonObject => (isObject(value) ? value : {})

/** A list, or an empty one. */
export const listOf = (value: Given): readonly JsonValue[] => (Array.isArray(value) ? value : [])

/** The objects of a list. */
export const objectsOf = (value: Given): readonly JsonObject[] => listOf(value).filter(isObject)

/** Text, or a number as text; undefined where there is neither, nothing in it, or a number that has lost digits. */
export function textOf(value: Given): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  // Of a number beyond 2^53 digits are lost already: an id made of it would be another one's.
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined
}

export const numberOf = (value: Given): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** A count of bytes or of people, or undefined. */
export function wholeNumberOf(value: Given): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : numberOf(value)
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** True, or undefined: what is not so need not be said. */
export const trueOf = (value: Given): true | undefined => (value === true ? true : undefined)
