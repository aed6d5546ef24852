import { isPlainObject } from './json-form.js'

/**
 * JSON Merge Patch (RFC 7396) of two JSON texts: objects merge, null removes a key, all else replaces. SQLite's `json_patch`
 * takes keys for the same that differ only behind a NUL.
 *
 * @returns undefined when `target` is no JSON object, which only damage can make of it.
 */
export function mergePatch(target: string, patch: string): string | undefined {
  const object = parseObject(target)
  const changes = parseObject(patch)
  return object && changes && JSON.stringify(merge(object, changes))
}

type Fields = Readonly<Record<string, unknown>>

function merge(target: Fields, patch: Fields): Fields {
  const merged = new Map(Object.entries(target))
  for (const [key, value] of Object.entries(patch)) {
    const current = merged.get(key)
    if (value === null) merged.delete(key)
    else if (isPlainObject(value)) merged.set(key, merge(isPlainObject(current) ? current : {}, value))
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isPlainObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
