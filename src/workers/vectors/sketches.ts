import { maxDimension } from '../../protocol/limits.js'

/*
 * A sketch: 512 bits and two numbers that say roughly where a direction points, of whatever dimension. The direction is folded into
 * 512 numbers with random signs and rotated (a fast Walsh-Hadamard transform, twice, so that few numbers spread as well); the bits
 * are the signs of what comes out.
 * From them and the query's own 512 numbers the cosine is estimated without bias, as in RaBitQ (https://arxiv.org/abs/2405.12497).
 */

const width = 512
export const sketchBytes = width / 8

export interface Sketch {
  readonly bits: Uint8Array
  /** By which a sum over the signs is multiplied. */
  readonly factor: number
  /** How many bits are set. */
  readonly ones: number
}

/** A query's numbers from 0 to 15, each step of them `step` wide, bit by bit in four planes. */
export interface QuerySketch {
  readonly planes: Uint8Array
  readonly step: number
  readonly sum: number
}

export function sketchOf(direction: Float64Array): Sketch {
  const rotated = rotate(direction)
  const bits = new Uint8Array(sketchBytes)
  let ones = 0
  let sum = 0
  let squares = 0
  for (let index = 0; index < width; index += 1) {
    const value = rotated[index] ?? 0
    sum += Math.abs(value)
    squares += value * value
    if (value <= 0) continue
    ones += 1
    bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
  }
  return { bits, ones, factor: sum === 0 ? 0 : Math.fround(squares / sum) }
}

const highest = 15

export function sketchQuery(direction: Float64Array): QuerySketch {
  const rotated = rotate(direction)
  const step = rotated.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / (highest / 2)
  const planes = new Uint8Array(4 * sketchBytes)
  let sum = 0
  for (let index = 0; index < (step > 0 ? width : 0); index += 1) {
    const number = Math.min(highest, Math.max(0, Math.round((rotated[index] ?? 0) / step + highest / 2)))
    sum += number
    for (let plane = 0; plane < 4; plane += 1) {
      const at = plane * sketchBytes + (index >> 3)
      planes[at] = (planes[at] ?? 0) | (((number >> plane) & 1) << (index & 7))
    }
  }
  return { planes, step, sum }
}

/** The cosine, roughly; `score` is the sum of the query's numbers where a bit is set. */
export const estimate = (query: QuerySketch, score: number, factor: number, ones: number): number =>
  factor * query.step * (2 * score - query.sum - (highest / 2) * (2 * ones - width))

function rotate(direction: Float64Array): Float64Array {
  const signs = allSigns()
  const values = new Float64Array(width)
  for (let index = 0; index < direction.length; index += 1) {
    const at = index % width
    values[at] = (values[at] ?? 0) + (direction[index] ?? 0) * (signs[index] ?? 0)
  }
  transform(values)
  for (let index = 0; index < width; index += 1)
    values[index] = (values[index] ?? 0) * (signs[maxDimension + index] ?? 0)
  transform(values)
  return values
}

/** https://en.wikipedia.org/wiki/Fast_Walsh-Hadamard_transform; lengths stay as they were. */
function transform(values: Float64Array): void {
  for (let half = 1; half < width; half *= 2) {
    for (let start = 0; start < width; start += 2 * half) {
      for (let index = start; index < start + half; index += 1) {
        const first = values[index] ?? 0
        const second = values[index + half] ?? 0
        values[index] = first + second
        values[index + half] = first - second
      }
    }
  }
  const scale = 1 / Math.sqrt(width)
  for (let index = 0; index < width; index += 1) values[index] = (values[index] ?? 0) * scale
}

let made: Int8Array | undefined

/** Always the same ones: the sketches in a file were made with them. Xorshift: https://en.wikipedia.org/wiki/Xorshift */
function allSigns(): Int8Array {
  if (made !== undefined) return made
  const signs = new Int8Array(maxDimension + width)
  let state = 0x9e3779b9
  for (let index = 0; index < signs.length; index += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    signs[index] = (state & 0x4000) === 0 ? 1 : -1
  }
  made = signs
  return signs
}
