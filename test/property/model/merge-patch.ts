import type { JsonObject, JsonValue } from 'convodb'

/** JSON Merge Patch as RFC 7396, section 2, has it. */
export function mergePatch(target: JsonObject | undefined, patch: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue>(Object.entries(target ?? {}))
  for (const [key, value] of Object.entries(patch)) {
    const current = merged.get(key)
    if (value === null) merged.delete(key)
    else if (isObject(value)) merged.set(key, mergePatch(isObject(current) ? current : undefined, value))
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
