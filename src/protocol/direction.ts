import { fromBytes, isLittleEndian } from './vector.js'

/** A vector's direction: the vector at length 1, in double precision. A vector of zeros has none, and stays zeros. */
export function directionOf(vector: Float32Array): Float64Array {
  const direction = new Float64Array(vector.length)
  const length = lengthOf(vector)
  if (length === 0) return direction
  for (let index = 0; index < vector.length; index += 1) direction[index] = (vector[index] ?? 0) / length
  return direction
}

/** The Euclidean length. The squares of float32 numbers neither overflow nor vanish in double precision. */
export function lengthOf(vector: Float32Array): number {
  let sum = 0
  for (let index = 0; index < vector.length; index += 1) sum += (vector[index] ?? 0) ** 2
  return Math.sqrt(sum)
}

/**
 * The cosine of the angle between two vectors, -1 to 1, of the stored float32 numbers; 0 where one is of zeros. Added up in double
 * precision and in one order, so the same two vectors have the same score on every machine; rounded to 12 decimal places, so that vectors of
 * one direction have the same, too, and equal ones 1.
 */
export function cosine(query: Float32Array, queryLength: number, vector: Float32Array): number {
  let dot = 0
  let squares = 0
  for (let index = 0; index < query.length; index += 1) {
    const number = vector[index] ?? 0
    dot += number * (query[index] ?? 0)
    squares += number * number
  }
  const lengths = queryLength * Math.sqrt(squares)
  const score = lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot / lengths))
  // Without the sign of a zero.
  return Math.round(score * places) / places + 0
}

const places = 1e12

/** A stored vector, without a copy where it lies in memory as numbers do. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes
  return byteOffset % 4 === 0 && isLittleEndian
    ? new Float32Array(buffer, byteOffset, Math.floor(byteLength / 4))
    : fromBytes(bytes)
}
