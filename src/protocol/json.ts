import type { JsonObject } from './models.js'

/** Deeper or longer JSON is refused: it is no metadata any more. */
const maxJsonDepth = 64
const maxJsonLength = 4 * 1024 * 1024

/** Whether `value` is a plain object that JSON carries without loss: no undefined, NaN, Date, cycle or class instance. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value) && isJsonValue(value, 0) && JSON.stringify(value).length <= maxJsonLength
}

function isJsonValue(value: unknown, depth: number): boolean {
  if (depth > maxJsonDepth) return false
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every((item) => isJsonValue(item, depth + 1))
  return isPlainObject(value) && Object.values(value).every((item) => isJsonValue(item, depth + 1))
}

/** Objects of another realm (a `vm` context, a test runner) are plain too, so the prototype's own prototype decides. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
