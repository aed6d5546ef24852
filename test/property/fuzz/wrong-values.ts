import fc from 'fast-check'
import { jsonMakers, makers, throwingMakers } from './hostile-objects.js'

/**
 * What a kind of field must refuse. Values are made inside the test: fast-check looks into those it hands over, and some
 * of these throw then.
 */
export type Make = () => unknown

const made = (...values: fc.Arbitrary<unknown>[]): fc.Arbitrary<Make> =>
  fc.oneof(...values).map((value) => () => value)
const oneOf = (...values: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values)

/** No field takes these. */
const never = fc.constantFrom(...makers)

const flag = oneOf(true, false)
const object = oneOf({}, { a: 1 }, { toString: () => 'text' }, Object.create(null))
const list = oneOf([], ['a'], [[1]], [null])
const text = oneOf('', 'nonsense', '__proto__', '1')
const illFormed = oneOf('\uD800', 'a\uDC00', '\uDFFFz')
const fraction = fc.double({ noInteger: true, noNaN: true })
const number = fc.oneof(fc.integer(), fraction)
const outside = (min: number, max: number) =>
  fc.oneof(fc.integer({ max: min - 1 }), oneOf(max + 1, 2 ** 53, 1e300))

const notText = [flag, object, list, number, illFormed]
const notId = [...notText, oneOf('', 'x'.repeat(1_025))]
const notInteger = [flag, object, list, text, fraction]

const isPlace = (cursor: string): boolean =>
  /^-?\d+\.\d+(\.\d+)?$/.test(Buffer.from(cursor, 'base64url').toString('latin1'))
const notCursor = fc.oneof(
  oneOf('nonsense', '1.1', 'null', '%00', 'x'.repeat(999)),
  fc.base64String({ minLength: 1, maxLength: 12 }).filter((cursor) => cursor !== '' && !isPlace(cursor)),
  oneOf('1.', '.1', '1.1 ', '1.-1', '1e3.1', '12345678901234567.1', "1.1;'").map((place) =>
    Buffer.from(String(place)).toString('base64url'),
  ),
)

const noTimes = [new Date(Number.NaN), 'yesterday', '', '2024-13-01', '12:00', '1', 8.64e15 + 1, 0.5, '2024']
const noNumbers = [[], [Number.NaN], [1e39], ['1'], [null], Array.from({ length: 65_537 }, () => 1)]
const noFloats = [new Float32Array(0), new Float32Array([Infinity]), new Float64Array(2)]
const notTime = oneOf(...noTimes)
const notVector = oneOf(...noNumbers, ...noFloats, 'no base64!', 'AAA=', '')

const notJson = fc.oneof(
  { weight: 20, arbitrary: never },
  { weight: 20, arbitrary: made(flag, list, text, number) },
  { weight: 20, arbitrary: never.map((make) => () => ({ deep: { inside: [1, make()] } })) },
  { weight: 20, arbitrary: fc.constantFrom(...jsonMakers.quick) },
  { weight: 1, arbitrary: fc.constantFrom(...jsonMakers.slow) },
)

const tooMany = Array.from({ length: 100_001 }, () => 'id')
const allWrong = Array.from({ length: 100_000 }, () => ({ surprise: 1 }))
const notList = fc.oneof(
  { weight: 30, arbitrary: never },
  { weight: 30, arbitrary: made(flag, object, text, number) },
  { weight: 30, arbitrary: made(flag, number, oneOf(null, undefined, [], '')).map((make) => () => [make()]) },
  { weight: 30, arbitrary: never.map((make) => () => ['id', make()]) },
  { weight: 1, arbitrary: made(oneOf(tooMany, allWrong)) },
)

export const wrongValues = {
  id: fc.oneof(never, made(...notId)),
  text: fc.oneof(never, made(...notText)),
  name: fc.oneof(never, made(...notText, oneOf('x'.repeat(1_025)))),
  displayName: fc.oneof(never, made(...notText, oneOf('x'.repeat(1_025)))),
  time: fc.oneof(never, made(flag, object, list, notTime)),
  vector: fc.oneof(never, made(flag, object, number, notVector)),
  json: notJson,
  score: fc.oneof(never, made(flag, object, list, text)),
  hash: fc.oneof(
    never,
    made(...notId, oneOf('a'.repeat(63), 'A'.repeat(64), 'g'.repeat(64), 'a'.repeat(65))),
  ),
  choice: fc.oneof(never, made(flag, object, list, text, number)),
  flag: fc.oneof(never, made(object, list, text, number)),
  cursor: fc.oneof(never, made(...notId, notCursor)),
  list: notList,
  /** The whole of the parameters; an object is looked at field by field. */
  params: fc.oneof(
    made(
      flag,
      list,
      text,
      number,
      oneOf(null, undefined, Symbol('s'), () => ({}), 10n),
    ),
    fc.constantFrom(...throwingMakers),
  ),
} satisfies Record<string, fc.Arbitrary<Make>>

/** Whole numbers beyond the bounds, and what is none. */
export const wrongInteger = (minimum: number, maximum: number): fc.Arbitrary<Make> =>
  fc.oneof(never, made(...notInteger, outside(minimum, maximum)))
