/** What a value weighs in a queue, roughly: strings by their characters, everything else by a flat rate. */
export function estimateBytes(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Float32Array) return 64 + value.byteLength
  let bytes = 32
  if (Array.isArray(value)) {
    for (const item of value) bytes += estimateBytes(item)
  } else {
    for (const field of Object.values(value)) bytes += 8 + estimateBytes(field)
  }
  return bytes
}
