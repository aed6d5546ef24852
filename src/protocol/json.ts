import type { JsonObject } from './models.js'

/** Deeper or longer JSON is refused: it is no metadata any more. */
const maxJsonDepth = 64
const maxJsonLength = 4 * 1024 * 1024

/** Whether `value` is a plain object that JSON carries without loss: no undefined, NaN, Date, cycle or class instance. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (!isPlainObject(value) || !isJsonValue(value, 0, { valuesLeft: maxJsonLength })) return false
  const text: unknown = JSON.stringify(value)
  // A hidden `toJSON` may have made anything of it.
  return typeof text === 'string' && text.startsWith('{') && text.length <= maxJsonLength
}

/** Every value takes a character at least; one object that is reached by many ways would else be looked at without end. */
function isJsonValue(value: unknown, depth: number, budget: { valuesLeft: number }): boolean {
  budget.valuesLeft -= 1
  if (depth > maxJsonDepth || budget.valuesLeft < 0) return false
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true
  if (typeof value === 'number') return Number.isFinite(value)
  const isInside = (item: unknown): boolean => isJsonValue(item, depth + 1, budget)
  if (Array.isArray(value)) return value.every(isInside)
  return isPlainObject(value) && Object.values(value).every(isInside)
}

/** Objects of another realm (a `vm` context, a test runner) are plain too, so the prototype's own prototype decides. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
