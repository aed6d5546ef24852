import type { JsonObject, JsonValue } from '../../main/index.js'

/** What, merged into `there` (https://www.rfc-editor.org/rfc/rfc7396), makes it `wanted`. */
export function mergePatchBetween(there: JsonObject, wanted: JsonObject): JsonObject {
  const removed = Object.keys(there).filter((key) => !Object.hasOwn(wanted, key))
  return Object.fromEntries([
    ...Object.entries(wanted).map(([key, value]) => [key, patchOf(there[key], value)] as const),
    ...removed.map((key) => [key, null] as const),
  ])
}

const patchOf = (there: JsonValue | undefined, wanted: JsonValue): JsonValue =>
  isObject(there) && isObject(wanted) ? mergePatchBetween(there, wanted) : wanted

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
