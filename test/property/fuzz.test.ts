import { inspect } from 'node:util'
import type { DatabaseManager } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'
import { samples } from './fuzz/samples.js'
import { replaceAt, targets, type Target } from './fuzz/targets.js'
import { wrongValues } from './fuzz/wrong-values.js'

/** How a call ended: 'resolved', or a code. Behind the compiler's back: what a JavaScript caller or a client could send. */
async function outcomeOf(db: DatabaseManager, name: unknown, params: unknown): Promise<string> {
  const call: Promise<unknown> = Reflect.apply(db.execute, undefined, [name, params])
  return call.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )
}

interface Malformed {
  readonly target: Target
  readonly how: string
  readonly makeParams: () => unknown
}

/** A field that is too many, at the place of another one. */
const surprise = fc.constantFrom('surprise', 'constructor', '__proto__', '', 'channelid', 'toString')
const withField = (value: unknown, field: string): unknown =>
  Object.defineProperty({ ...Object(value) }, field, { value: 1, enumerable: true })

const breakings = fc.constantFrom(...targets).chain((target): fc.Arbitrary<Malformed> => {
  const { name, path, kind, takesNull, isRequired } = target
  const sample: unknown = samples[name]
  const put = (how: string, make: () => unknown): Malformed => ({
    target,
    how,
    makeParams: () => replaceAt(sample, path, make()),
  })
  const wrong = { weight: 8, arbitrary: wrongValues[kind].map((make) => put('wrong', make)) }
  const surprises = surprise.map((field) => ({
    target,
    how: field,
    makeParams: () => withField(sample, field),
  }))
  if (path.length === 0) return fc.oneof(wrong, { weight: 4, arbitrary: surprises })
  return fc.oneof(
    wrong,
    ...(takesNull ? [] : [{ weight: 1, arbitrary: fc.constant(put('null', () => null)) }]),
    ...(isRequired ? [{ weight: 1, arbitrary: fc.constant(put('missing', () => undefined)) }] : []),
  )
})

const listed = (value: object): string[] => Object.getOwnPropertyNames(value).toSorted()

it('10,000 malformed operations are all answered with INVALID_ARGUMENT, and leave nothing behind', async () => {
  const db = await temporaryDatabase()
  const before = { rows: (await db.stats()).rows, prototype: listed(Object.prototype) }
  const broken = new Set<Target>()
  let count = 0
  await fc.assert(
    fc.asyncProperty(breakings, async ({ target, makeParams }) => {
      count += 1
      broken.add(target)
      const params = makeParams()
      const outcome = await outcomeOf(db, target.name, params)
      if (outcome !== 'INVALID_ARGUMENT') expect.fail(`${outcome}: ${inspect(params, { showProxy: true })}`)
    }),
    { numRuns: 10_000 },
  )
  expect(count).toBe(10_000)
  expect(targets.filter((target) => !broken.has(target))).toEqual([])
  expect({ rows: (await db.stats()).rows, prototype: listed(Object.prototype) }).toEqual(before)
  expect(Reflect.get({}, 'surprise')).toBeUndefined()
}, 180_000)
