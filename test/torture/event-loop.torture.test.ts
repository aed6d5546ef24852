import type { DatabaseManager, JsonObject, NewMessage } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from 'convodb'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { message } from '../support/databases.js'
import { cpuMs, longestStretch } from '../support/stretches.js'

/** What no call may take of the event loop at a time. */
const mostMs = 50

const count = 100_000
const rows = Array.from({ length: count }, (_, n): NewMessage => {
  const fields = { channelId: `c${n % 3}`, userId: `u${n % 20_000}`, timestamp: n }
  return message(`m${n}`, n % 5 === 0 ? { ...fields, metadata: { n, tags: ['x', 'y'] } } : fields)
})
const ids = rows.map(({ messageId }) => messageId)
const inOneChannel = ids.filter((_, n) => n % 3 === 0)
const vectors = ids.slice(0, 10_000).map((ownerId, n) => ({
  ownerType: 'message' as const,
  ownerId,
  model: 'mini',
  vector: new Float32Array(384).fill(n),
}))
const tenMillion = 'text '.repeat(2_000_000)
const manyValues: JsonObject = { list: Array.from({ length: 100_000 }, (_, n) => ({ n, deep: [n] })) }

/** Wrong on purpose, behind the compiler's back. */
const wrong = (value: unknown) => JSON.parse(JSON.stringify(value))
const badAtItsEnd: NewMessage[] = [...rows.slice(1), wrong({ ...rows[0], timestamp: 'yesterday' })]
const tooMany: NewMessage[] = Array.from({ length: 1_000_000 }, () => message('same'))
const noJsonAtItsEnd = { list: [...Array.from({ length: 1_000_000 }, () => 0), Number.NaN] }

let folder: string
let db: DatabaseManager
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  db = await openDatabase(join(folder, 'chat.db'))
  await db.addMessages(rows)
  await db.createSegmentWithMessages({
    segmentId: 's',
    channelId: 'c0',
    startTime: 0,
    endTime: 1,
    messages: inOneChannel,
  })
  await db.storeEmbeddings(vectors)
  await db.storeMessage(message('long', { channelId: 'long', content: tenMillion }))
  await db.users.updateProfile({ userId: 'u1', profile: manyValues })
}, 300_000)
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

const taken: { readonly [name: string]: () => Promise<unknown> } = {
  'addMessages of 100,000': () => db.addMessages(rows),
  'addMessages of 100,000 that fails': () => db.addMessages({ messages: rows, onConflict: 'error' }),
  'storeMessage of ten million characters': () =>
    db.storeMessage(message('long', { channelId: 'long', content: tenMillion })),
  'storeMessage of 5,000 in one turn': () =>
    Promise.all(rows.slice(0, 5_000).map((row) => db.storeMessage({ ...row, content: 'x'.repeat(1_000) }))),
  'storeMessage with metadata of 300,000 values': () =>
    db.storeMessage(message('json', { metadata: manyValues })),
  'updateProfile with 300,000 values': () => db.users.updateProfile({ userId: 'u1', profile: manyValues }),
  'deleteMessages of 100,000 ids': () => db.deleteMessages(ids.map((id) => `no ${id}`)),
  'addMessagesToSegment of 33,334': () =>
    db.addMessagesToSegment({
      segmentId: 's',
      messages: inOneChannel.map((messageId, position) => ({ messageId, position })),
    }),
  'storeEmbeddings of 10,000': () => db.storeEmbeddings(vectors),
  'getMessagesByIds of 100,000': () => db.getMessagesByIds(ids),
  'getMessagesByIds of a long one': () => db.getMessagesByIds(['long']),
  'getMessages of 10,000, 16 at once': () =>
    Promise.all(Array.from({ length: 16 }, () => db.getMessages({ channelId: 'c1', limit: 10_000 }))),
  'getMessages of 100, 300 at once': () =>
    Promise.all(Array.from({ length: 300 }, () => db.getMessages({ channelId: 'c1' }))),
  'getMessageContext of 2,001': () =>
    db.getMessageContext({ messageId: 'm50000', before: 1_000, after: 1_000 }),
  'getUsers of 100,000': () => db.users.getUsers(rows.map(({ userId }) => userId)),
  'getSegmentMessages of 33,334': () => db.getSegmentMessages('s'),
  'getSegmentMessageIds of 33,334': () => db.getSegmentMessageIds(['s']),
  'getEmbeddings of 10,000': () =>
    db.getEmbeddings({ ownerType: 'message', ownerIds: vectors.map(({ ownerId }) => ownerId) }),
  'getProfile with 300,000 values': () => db.users.getProfile('u1'),
}

/** Made beforehand: it takes as long as what is measured. */
const allBad: NewMessage[] = wrong(rows.map(() => ({ surprise: 1 })))

const refused: { readonly [name: string]: () => Promise<unknown> } = {
  'addMessages of a million': () => db.addMessages(tooMany),
  'addMessages of 100,000 with a bad last one': () => db.addMessages(badAtItsEnd),
  'addMessages of 100,000 bad ones': () => db.addMessages(allBad),
  'metadata that is bad at its end': () => db.storeMessage(message('bad', { metadata: noJsonAtItsEnd })),
  'a profile of ten million characters': () =>
    db.users.updateProfile({ userId: 'u2', profile: { text: tenMillion } }),
  'getMessagesByIds of 100,000 with a bad last one': () => db.getMessagesByIds([...ids.slice(1), '']),
  'more than the queue holds': () =>
    db.addMessages(Array.from({ length: 20 }, (_, n) => message(`q${n}`, { content: tenMillion }))),
}

/** Of three: a collection of garbage that the test itself left may fall into any of them. */
async function leastOfThree(call: () => Promise<unknown>): Promise<number> {
  const stretches: number[] = []
  while (stretches.length < 3 && (stretches.at(-1) ?? mostMs) >= mostMs) {
    stretches.push(await longestStretch(() => Promise.allSettled([call()])))
  }
  return Math.min(...stretches)
}

it.each(Object.keys(taken))('%s holds the event loop for less than 50 ms', async (name) => {
  const call = taken[name] ?? (() => Promise.reject(new Error(name)))
  expect(await leastOfThree(call)).toBeLessThan(mostMs)
})

it.each(Object.keys(refused))('%s: refused, and the event loop is held for less than 50 ms', async (name) => {
  const call = refused[name] ?? (() => Promise.resolve())
  await expect(call()).rejects.toMatchObject({ code: expect.toBeOneOf(['INVALID_ARGUMENT', 'TOO_LARGE']) })
  expect(await leastOfThree(call)).toBeLessThan(mostMs)
})

it('the measure notices a stretch that is too long, and no sleep', async () => {
  const busy = async (): Promise<void> => {
    const startedAtMs = cpuMs()
    while (cpuMs() - startedAtMs < 80) JSON.stringify(rows.slice(0, 100))
  }
  expect(await longestStretch(busy)).toBeGreaterThan(mostMs)
  expect(await longestStretch(() => new Promise((resolve) => setTimeout(resolve, 200)))).toBeLessThan(mostMs)
})
