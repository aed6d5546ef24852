import { base64ToBytes } from '../../../protocol/base64.js'
import type { OperationName, Result } from '../../../protocol/operations.js'
import { fromBytes } from '../../../protocol/vector.js'

/** Names of the fields that hold times, in any result; what is JSON of the caller's is none of ours. */
type TimeName<Value> = Value extends readonly (infer Item)[]
  ? TimeName<Item>
  : Value extends Date | Float32Array
    ? never
    : Value extends object
      ? string extends keyof Value
        ? never
        : { [Key in keyof Value]: Date extends Value[Key] ? Key : TimeName<Value[Key]> }[keyof Value]
      : never

const times: { readonly [Name in TimeName<Result<OperationName>>]: true } = {
  timestamp: true,
  editedAt: true,
  createdAt: true,
  lastActive: true,
  startTime: true,
  endTime: true,
  firstSeen: true,
  updatedAt: true,
  forgottenAt: true,
  reactedAt: true,
  removedAt: true,
  replacedAt: true,
}

/**
 * An operation's result out of its JSON form, by the names of its fields: `resultFromJson` does the same by the registry's schemas,
 * which are larger than all of the client; a test holds the two together.
 */
export const decodeResult = (json: unknown): unknown => (json === null ? undefined : decode(json))

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  const decoded: Record<string, unknown> = { ...value }
  for (const [name, item] of Object.entries(decoded)) {
    if (item === null || name === 'metadata' || name === 'profile') continue
    if (Object.hasOwn(times, name)) decoded[name] = new Date(String(item))
    else if (name === 'vector') decoded[name] = fromBytes(base64ToBytes(String(item)) ?? new Uint8Array())
    else if (typeof item === 'object') decoded[name] = decode(item)
  }
  return decoded
}
