/** A direction as int8 numbers, and how far they are from it at most. */
export interface Code {
  readonly numbers: Int8Array
  /** What a number stands for, times its scale. */
  readonly scale: number
  /** The Euclidean distance between the direction and what the code stands for, rounded up. */
  readonly error: number
}

/** A query's direction as int16 numbers. */
export interface QueryCode {
  readonly numbers: Int16Array
  readonly scale: number
  readonly error: number
}

/** Numbers in a row: the dimension, filled up with zeros to whole 16s. */
export const strideOf = (dimension: number): number => Math.ceil(dimension / 16) * 16

const maxInt8 = 127
const maxInt16 = 32_767
/** What float32 numbers may lose when they are rounded, and sums of doubles. */
const rounding = 1e-6

export function encode(direction: Float64Array): Code {
  const scale = Math.fround(largestOf(direction) / maxInt8)
  const numbers = new Int8Array(strideOf(direction.length))
  const error = quantize(direction, numbers, scale)
  return { numbers, scale, error: Math.fround(error * (1 + rounding) + rounding) }
}

/** The products of a query's numbers with a code's must add up to less than 2^31, roundings included. */
const maxSum = 2 ** 31 - 2 ** 24

/** Its numbers are as fine as the sums allow, so that the code's error is nearly all there is. */
export function encodeQuery(direction: Float64Array): QueryCode {
  const sum = direction.reduce((total, value) => total + Math.abs(value), 0)
  const scale = Math.max(largestOf(direction) / maxInt16, (sum * maxInt8) / maxSum)
  const numbers = new Int16Array(strideOf(direction.length))
  return { numbers, scale, error: quantize(direction, numbers, scale) }
}

/**
 * How far an estimate, `dot * code.scale * query.scale`, is from the cosine at most: with q and x the directions, q' and x' what
 * their codes stand for, |qx - q'x'| <= |q| |x - x'| + |x'| |q - q'|.
 */
export const errorOf = (codeError: number, queryError: number): number =>
  codeError + (1 + codeError) * queryError + rounding

/** Fills in the rounded numbers and tells the distance. */
function quantize(direction: Float64Array, numbers: Int8Array | Int16Array, scale: number): number {
  if (scale === 0) return 0
  let squares = 0
  for (let index = 0; index < direction.length; index += 1) {
    const value = direction[index] ?? 0
    const number = Math.round(value / scale)
    numbers[index] = number
    const error = value - number * scale
    squares += error * error
  }
  return Math.sqrt(squares)
}

function largestOf(direction: Float64Array): number {
  let largest = 0
  for (let index = 0; index < direction.length; index += 1) {
    const size = Math.abs(direction[index] ?? 0)
    if (size > largest) largest = size
  }
  return largest
}
