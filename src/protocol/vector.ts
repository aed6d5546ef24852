import { base64ToBytes, bytesToBase64 } from './base64.js'
import { maxDimension } from './limits.js'

/**
 * Reads a vector, each of its numbers once.
 *
 * @param value a Float32Array, an array of finite numbers, or base64 text of little-endian float32 values.
 * @returns a new Float32Array, or `undefined` when it is none of these, empty, too long or not finite as float32.
 */
export function parseVector(value: unknown): Float32Array | undefined {
  const vector = toFloat32Array(value)
  if (vector === undefined || vector.length === 0 || vector.length > maxDimension) return undefined
  return vector.every(Number.isFinite) ? vector : undefined
}

function toFloat32Array(value: unknown): Float32Array | undefined {
  if (value instanceof Float32Array) return value.slice()
  if (isFloat32Array(value)) return new Float32Array(value)
  if (Array.isArray(value)) return fromNumbers(value)
  return typeof value === 'string' ? fromBase64(value) : undefined
}

/** Also of another realm (a `vm` context). */
export const isFloat32Array = (value: unknown): value is Float32Array =>
  value instanceof Float32Array ||
  (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Float32Array]')

function fromNumbers(numbers: readonly unknown[]): Float32Array | undefined {
  const { length } = numbers
  if (length > maxDimension) return undefined
  const vector = new Float32Array(length)
  for (let index = 0; index < length; index += 1) {
    const number = numbers[index]
    if (typeof number !== 'number') return undefined
    vector[index] = number
  }
  return vector
}

/** As many characters as the longest vector has in base64. */
const maxBase64Length = 4 * Math.ceil((maxDimension * 4) / 3)

function fromBase64(text: string): Float32Array | undefined {
  if (text.length > maxBase64Length) return undefined
  const bytes = base64ToBytes(text)
  return bytes !== undefined && bytes.length % 4 === 0 ? fromBytes(bytes) : undefined
}

/** Reads little-endian float32 values, wherever in memory they lie. */
export function fromBytes(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

/** The JSON form of a vector: base64 of little-endian float32, exact and a third of the size of decimal numbers. */
export function toBase64(vector: Float32Array): string {
  return bytesToBase64(toBytes(vector))
}

/** Little-endian float32 bytes, the form in which SQLite keeps a vector; a copy. */
export function toBytes(vector: Float32Array): Uint8Array {
  if (isLittleEndian) return new Uint8Array(vector.slice().buffer)
  const bytes = new Uint8Array(vector.length * 4)
  const view = new DataView(bytes.buffer)
  vector.forEach((value, index) => view.setFloat32(index * 4, value, true))
  return bytes
}

/** Whether numbers lie in memory as they are written: nearly everywhere. */
export const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
