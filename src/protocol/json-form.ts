import type { JsonValue } from './models.js'
import { toBase64 } from './vector.js'

/**
 * The JSON form of any result: times as ISO 8601 in UTC with milliseconds, vectors as base64 of little-endian float32,
 * nothing as null. Given back as a parameter it is the same value.
 *
 * @throws TypeError when a value has no JSON form
 */
export function toJsonForm(value: unknown): JsonValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Float32Array) return toBase64(value)
  if (Array.isArray(value)) return value.map(toJsonForm)
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJsonForm(item)]))
  }
  throw new TypeError(`A ${typeof value} has no JSON form`)
}

/** Objects of another realm (a `vm` context, a test runner) are plain too, so the prototype's own prototype decides. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
