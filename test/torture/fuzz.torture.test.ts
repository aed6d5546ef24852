import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { message, temporaryDatabase } from '../support/databases.js'
import { outcomeOf } from '../property/fuzz/outcome.js'
import { sampleCall } from '../property/fuzz/samples.js'
import { replaceAt, targets, type Target } from '../property/fuzz/targets.js'

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
  const { name, path, takesNull, isRequired } = target
  const sample = sampleCall(name)
  const put = (how: string, make: () => unknown): Malformed => ({
    target,
    how,
    makeParams: () => replaceAt(sample, path, make()),
  })
  const wrong = { weight: 8, arbitrary: target.wrong.map((make) => put('wrong', make)) }
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

it('no name but an operation’s own is an operation, nor what only turns into one', async () => {
  const db = await temporaryDatabase()
  let reads = 0
  const changing = { toString: () => ['getChannel', 'deleteChannel'][(reads += 1) % 2] }
  const fail = () => expect.fail('nobody asks an object for its text')
  const names = [
    'nonsense',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    'GETCHANNEL',
    'getChannel ',
  ]
  const others = [
    null,
    undefined,
    5,
    10n,
    Symbol('getChannel'),
    ['getChannel'],
    {},
    Object.create(null),
    () => 1,
  ]
  for (const name of [...names, ...others, changing, { toString: fail }, { [Symbol.toPrimitive]: fail }]) {
    expect(await outcomeOf(db, name, { channelId: 'c' }), inspect(name)).toBe('INVALID_ARGUMENT')
  }
})

/** Places as our cursors hold them, and such as never were. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom('9999999999999999', '-9999999999999999', '-0'),
)
const cursors = fc
  .array(number, { minLength: 1, maxLength: 4 })
  .map((numbers) => Buffer.from(numbers.join('.')).toString('base64url'))

it('a cursor of another listing, or one that was made up, gives a page or INVALID_ARGUMENT', async () => {
  const db = await temporaryDatabase()
  await db.addMessages([message('1', { channelId: 'c', userId: 'u' }), message('2', { channelId: 'other' })])
  await db.users.upsertUser({ userId: 'u', displayName: 'Ada' })
  const isCursor = ({ path }: Target): boolean => path.at(-1) === 'cursor' || path.at(-1) === 'upTo'
  const listings = targets.filter((target) => isCursor(target) && target.name !== 'deleteExpiredMessages')
  expect(listings.map(({ name }) => name)).toContain('getMessages')
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...listings),
      cursors,
      fc.boolean(),
      async ({ name, path }, cursor, isAsc) => {
        const sample = replaceAt(sampleCall(name), path, cursor)
        const order = name === 'searchByDisplayName' || isAsc ? {} : { order: 'desc' }
        const outcome = await outcomeOf(db, name, { ...Object(sample), ...order })
        expect(outcome).toBeOneOf(['resolved', 'INVALID_ARGUMENT'])
        seen.add(outcome)
      },
    ),
    { numRuns: 1_000 },
  )
  expect(seen.size).toBe(2)
})

it('a retention’s cursor never leads out of the channel that the call names', async () => {
  const db = await temporaryDatabase()
  await db.addMessages(['a', 'b', 'c'].map((id) => message(id, { channelId: id, timestamp: 1 })))
  for (const channel of [0, 1, 2, 3, 4]) {
    const cursor = Buffer.from(`${channel}.0.0`).toString('base64url')
    await db.execute('deleteExpiredMessages', { olderThan: 5, channelId: 'b', cursor })
    await db.execute('deleteExpiredMessages', { olderThan: 5, channelId: 'none', cursor })
  }
  expect((await db.getMessagesByIds(['a', 'b', 'c'])).map(({ messageId }) => messageId)).toEqual(['a', 'c'])
})

it('a getter that throws at any later look harms no call made beside it', async () => {
  const db = await temporaryDatabase()
  const outcomes = new Set<string>()
  for (const looksBefore of [0, 1, 2, 3, 4, 5]) {
    let looks = 0
    const get = (): string => {
      looks += 1
      if (looks > looksBefore) throw new RangeError('thrown by what the caller gave')
      return 'fine'
    }
    const throwing = Object.defineProperty(message('throwing'), 'content', { enumerable: true, get })
    const beside = `beside ${looksBefore}`
    const calls = [throwing, message(beside)].map((row) => outcomeOf(db, 'storeMessage', row))
    const [outcome, besideOutcome] = await Promise.all(calls)
    expect(outcome).toBeOneOf(['resolved', 'INVALID_ARGUMENT'])
    expect(besideOutcome).toBe('resolved')
    expect(await db.getMessagesByIds([beside])).toHaveLength(1)
    outcomes.add(String(outcome))
  }
  expect(outcomes.size).toBe(2)
})
