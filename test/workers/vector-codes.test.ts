import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encode, encodeQuery, errorOf, strideOf } from '../../src/workers/vectors/codes.js'
import { cosine, directionOf, lengthOf } from '../../src/protocol/direction.js'
import { scan } from '../../src/workers/vectors/scan.js'
import { estimate, sketchOf, sketchQuery } from '../../src/workers/vectors/sketches.js'
import { randomNumbers } from '../support/random-numbers.js'

/** Of every size of number that float32 has, and with many zeros. */
const number = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ min: -1, max: 1, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 1.401298464324817e-45, 3.4028234663852886e38),
)
const pairs = fc
  .constantFrom(1, 2, 3, 15, 16, 17, 100)
  .chain((length) =>
    fc.tuple(...[0, 1].map(() => fc.array(number, { minLength: length, maxLength: length }))),
  )

function estimateByCodes(one: Float32Array, other: Float32Array): { score: number; error: number } {
  const query = encodeQuery(directionOf(one))
  const code = encode(directionOf(other))
  const [sum = 0] = scan().scoreCodes(new Uint8Array(code.numbers.buffer), 1, query.numbers)
  return { score: sum * code.scale * query.scale, error: errorOf(code.error, query.error) }
}

it('a score by codes is never farther from the cosine than is said, of whatever numbers', () => {
  fc.assert(
    fc.property(pairs, ([first = [], second = []]) => {
      const [one, other] = [Float32Array.from(first), Float32Array.from(second)]
      const exact = cosine(one, lengthOf(one), other)
      const { score, error } = estimateByCodes(one, other)
      expect(Math.abs(score - exact)).toBeLessThanOrEqual(error)
    }),
    { numRuns: 2_000 },
  )
})

it.each([384, 1_536, 65_536])('nor of %i equal numbers, whose sums are the greatest', (dimension) => {
  const one = new Float32Array(dimension).fill(1)
  const { score, error } = estimateByCodes(one, one)
  expect(Math.abs(score - 1)).toBeLessThanOrEqual(error)
  expect(error).toBeLessThan(0.01)
})

it('is near: a code of 384 numbers is at most a hundredth away', () => {
  const random = randomNumbers(1)
  for (let round = 0; round < 50; round += 1) {
    const [one, other] = [random.vector(384), random.vector(384)]
    expect(estimateByCodes(one, other).error).toBeLessThan(0.02)
  }
})

it('a score by sketches is right on the average, and most are near', () => {
  const random = randomNumbers(2)
  for (const dimension of [2, 100, 384, 1_536]) {
    const errors = Array.from({ length: 300 }, () => {
      const one = random.vector(dimension)
      const other = random.vector(dimension).map((value, index) => value + (one[index] ?? 0))
      const query = sketchQuery(directionOf(one))
      const { bits, factor, ones } = sketchOf(directionOf(other))
      const [sum = 0] = scan().scoreBits(bits, 1, query.planes)
      return estimate(query, sum, factor, ones) - cosine(one, lengthOf(one), other)
    })
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
    const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(spread).toBeLessThan(0.1)
  }
})

it('vectors of zeros have a code and a sketch, which say 0', () => {
  const zeros = new Float32Array(20)
  expect(
    estimateByCodes(
      zeros,
      Float32Array.from({ length: 20 }, () => 1),
    ).score,
  ).toBe(0)
  expect(encode(directionOf(zeros))).toMatchObject({ scale: 0, numbers: new Int8Array(strideOf(20)) })
  expect(sketchOf(directionOf(zeros))).toMatchObject({ factor: 0, ones: 0 })
  expect(sketchQuery(directionOf(zeros)).step).toBe(0)
})
