import { encode, strideOf, type Code } from './codes.js'
import { directionOf } from '../../protocol/direction.js'
import { sketchBytes, sketchOf, type Sketch } from './sketches.js'

/*
 * Many vectors of one channel side by side in a block of three BLOBs, of which a search reads the ones it needs:
 *
 * - `codes`: keys, scales and errors, then a row of int8 numbers each: for exact results.
 * - `sketches`: keys, factors and numbers of ones, then 512 bits each: for approximate ones.
 * - `places`: times and users: for searches that ask for them.
 *
 * Numbers are float64 (keys, times, users) and float32, little-endian as on every platform that there are binaries for.
 */

/** What a block knows of one vector. */
export interface BlockRow {
  /** Of the embedding. */
  readonly key: number
  /** The message's time, or when the segment begins. */
  readonly time: number
  /** The message's user; 0 of a segment. */
  readonly userKey: number
  readonly code: Code
  readonly sketch: Sketch
}

export type PartName = 'codes' | 'sketches' | 'places'
type BlockParts = { readonly [Name in PartName]: Uint8Array }

/** A block has up to 512 vectors, fewer of long ones: it is written anew whenever one of them goes. */
export const blockCapacity = (dimension: number): number =>
  Math.max(16, Math.min(512, Math.floor(262_144 / strideOf(dimension))))

export function blockRow(place: Pick<BlockRow, 'key' | 'time' | 'userKey'>, vector: Float32Array): BlockRow {
  const direction = directionOf(vector)
  return { ...place, code: encode(direction), sketch: sketchOf(direction) }
}

export interface CodesPart {
  readonly keys: Float64Array
  readonly scales: Float32Array
  readonly errors: Float32Array
  readonly numbers: Uint8Array
}

export interface SketchesPart {
  readonly keys: Float64Array
  readonly factors: Float32Array
  readonly ones: Float32Array
  readonly bits: Uint8Array
}

export interface PlacesPart {
  readonly times: Float64Array
  readonly users: Float64Array
}

export const partBytes: { readonly [Name in PartName]: (rows: number, dimension: number) => number } = {
  codes: (rows, dimension) => rows * (16 + strideOf(dimension)),
  sketches: (rows) => rows * (16 + sketchBytes),
  places: (rows) => rows * 16,
}

export const readCodes = (bytes: Uint8Array, rows: number): CodesPart => ({
  keys: doubles(bytes, 0, rows),
  scales: floats(bytes, 8 * rows, rows),
  errors: floats(bytes, 12 * rows, rows),
  numbers: bytes.subarray(16 * rows),
})

export const readSketches = (bytes: Uint8Array, rows: number): SketchesPart => ({
  keys: doubles(bytes, 0, rows),
  factors: floats(bytes, 8 * rows, rows),
  ones: floats(bytes, 12 * rows, rows),
  bits: bytes.subarray(16 * rows),
})

export const readPlaces = (bytes: Uint8Array, rows: number): PlacesPart => ({
  times: doubles(bytes, 0, rows),
  users: doubles(bytes, 8 * rows, rows),
})

const doubles = ({ buffer, byteOffset }: Uint8Array, at: number, count: number): Float64Array =>
  new Float64Array(buffer, byteOffset + at, count)
const floats = ({ buffer, byteOffset }: Uint8Array, at: number, count: number): Float32Array =>
  new Float32Array(buffer, byteOffset + at, count)

/** The same bytes, whose numbers lie in memory as numbers must: copied where they do not. */
export const aligned = (bytes: Uint8Array): Uint8Array =>
  bytes.byteOffset % 8 === 0
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Uint8Array.from(bytes)

export function writeParts(rows: readonly BlockRow[], dimension: number): BlockParts {
  const parts = {
    codes: new Uint8Array(partBytes.codes(rows.length, dimension)),
    sketches: new Uint8Array(partBytes.sketches(rows.length, dimension)),
    places: new Uint8Array(partBytes.places(rows.length, dimension)),
  }
  const codes = readCodes(parts.codes, rows.length)
  const sketches = readSketches(parts.sketches, rows.length)
  const places = readPlaces(parts.places, rows.length)
  const stride = strideOf(dimension)
  rows.forEach(({ key, time, userKey, code, sketch }, index) => {
    codes.keys[index] = key
    codes.scales[index] = code.scale
    codes.errors[index] = code.error
    codes.numbers.set(new Uint8Array(code.numbers.buffer, code.numbers.byteOffset, stride), index * stride)
    sketches.keys[index] = key
    sketches.factors[index] = sketch.factor
    sketches.ones[index] = sketch.ones
    sketches.bits.set(sketch.bits, index * sketchBytes)
    places.times[index] = time
    places.users[index] = userKey
  })
  return parts
}

/** What `writeParts` was given. */
export function readRows(parts: BlockParts, count: number, dimension: number): BlockRow[] {
  const codes = readCodes(parts.codes, count)
  const sketches = readSketches(parts.sketches, count)
  const places = readPlaces(parts.places, count)
  const stride = strideOf(dimension)
  const at = <Numbers extends { readonly [index: number]: number }>(numbers: Numbers, index: number) =>
    numbers[index] ?? 0
  return Array.from({ length: count }, (_, index) => ({
    key: at(codes.keys, index),
    time: at(places.times, index),
    userKey: at(places.users, index),
    code: {
      numbers: new Int8Array(codes.numbers.buffer, codes.numbers.byteOffset + index * stride, stride),
      scale: at(codes.scales, index),
      error: at(codes.errors, index),
    },
    sketch: {
      bits: sketches.bits.subarray(index * sketchBytes, (index + 1) * sketchBytes),
      factor: at(sketches.factors, index),
      ones: at(sketches.ones, index),
    },
  }))
}
