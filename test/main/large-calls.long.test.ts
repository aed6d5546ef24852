import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DatabaseManager, Params } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 1 }

/** Too many to be read before the call returns. */
const many = Array.from({ length: 20_000 }, (_, n) => message(`many ${n}`, { timestamp: n }))

describe('a call that is read in steps', () => {
  it('keeps its place among the calls of its thread', async () => {
    const db = await temporaryDatabase()
    const done: string[] = []
    const note = (name: string) => (): void => void done.push(name)
    await Promise.all([
      db.storeMessage(message('many 5', { content: 'before' })).then(note('before')),
      db.addMessages(many).then(note('many')),
      db.storeMessage(message('many 5', { content: 'after' })).then(note('after')),
      db.withConnection(() => undefined, { mode: 'write' }).then(note('lease')),
      db.storeMessage(message('many 6', { content: 'after the lease' })).then(note('last')),
    ])
    expect(done).toEqual(['before', 'many', 'after', 'lease', 'last'])
    expect(await db.getMessagesByIds(['many 5', 'many 6'])).toMatchObject([
      { content: 'after' },
      { content: 'after the lease' },
    ])
  })

  it('that is refused takes nothing and nobody along', async () => {
    const db = await temporaryDatabase()
    const bad: Params<'addMessages'> = JSON.parse(
      JSON.stringify({ messages: [...many, { messageId: 'bad' }] }),
    )
    const outcomes = await Promise.allSettled([
      db.storeMessage(message('before')),
      db.addMessages(bad),
      db.storeMessage(message('after')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await db.countMessages()).toBe(2)
  })

  it.each([
    ['ABORTED', (controller: AbortController) => ({ signal: controller.signal })],
    ['TIMEOUT', () => ({ timeoutMs: 0 })],
  ] as const)('is given up meanwhile: %s, and nothing of it is done', async (code, optionsOf) => {
    const db = await temporaryDatabase()
    const controller = new AbortController()
    const call = db.addMessages(many, optionsOf(controller))
    const refused = expectError(call, code, { maybeCommitted: false })
    controller.abort()
    await refused
    expect(await db.storeMessage(message('after'))).toMatchObject({ outcome: 'inserted' })
    expect(await db.countMessages()).toBe(1)
    // So many that reading them alone takes far more than a millisecond, in many turns.
    const ids = Array.from({ length: 100_000 }, (_, n) => `${n}`.padStart(200, '-'))
    const read = db.getMessagesByIds(ids, optionsOf(new AbortController()))
    if (code === 'TIMEOUT') await expectError(read, code)
    else expect(await read).toEqual([])
  })

  it('is answered before the database is closed', async () => {
    const db = await temporaryDatabase()
    const storing = db.addMessages(many)
    const reading = db.getMessagesByIds(many.map(({ messageId }) => messageId))
    await db.close()
    expect(await storing).toEqual({ inserted: many.length, updated: 0, ignored: 0 })
    expect((await reading).length).toBeLessThanOrEqual(many.length)
  })

  it('counts as one of those that wait', async () => {
    const db = await temporaryDatabase({ maxQueuedOperations: 3 })
    const ids = many.map(({ messageId }) => messageId)
    const writes = await Promise.allSettled([1, 2, 3, 4].map(() => db.addMessages(many)))
    expect(writes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    const reads = await Promise.allSettled([1, 2, 3, 4].map(() => db.getMessagesByIds(ids)))
    expect(reads.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(await db.countMessages()).toBe(many.length)
  })

  it('is refused as soon as it is more than the queue holds', async () => {
    const db = await temporaryDatabase({ maxQueuedBytes: 200_000 })
    const big = many.map((row) => ({ ...row, content: 'x'.repeat(1_000) }))
    await expectError(db.addMessages(big), 'TOO_LARGE', { maxQueuedBytes: 200_000 })
    expect(await db.storeMessage(message('after'))).toMatchObject({ outcome: 'inserted' })
  })

  it('lets others go first that only read', async () => {
    const db = await temporaryDatabase({ readers: 2 })
    await db.addMessages(many)
    const done: string[] = []
    const ids = many.map(({ messageId }) => messageId)
    const large = db.getMessagesByIds(ids).then(() => done.push('large'))
    await db.countMessages().then(() => done.push('small'))
    await large
    expect(done).toEqual(['small', 'large'])
  })
})

describe('what the caller does with its objects after the call', () => {
  const small = () =>
    Array.from({ length: 1_000 }, (_, n) => message(`s${n}`, { metadata: { n: 1, list: [1] } }))

  it('changes nothing, for a list of up to 1,000', async () => {
    const db = await temporaryDatabase()
    const list = small()
    const storing = db.addMessages(list)
    for (const row of list) Object.assign(row, { content: 'too late' })
    for (const row of list) Object.assign(row.metadata ?? {}, { n: 2 })
    list.length = 0
    expect(await storing).toEqual({ inserted: 1_000, updated: 0, ignored: 0 })
    const stored = await db.getMessagesByIds(small().map(({ messageId }) => messageId))
    expect(
      stored.filter(({ content, metadata }) => content === 'hello' && metadata?.['n'] === 1),
    ).toHaveLength(1_000)
  })

  it('to a list that is read in steps: it is one thing or the other, and never neither', async () => {
    const db = await temporaryDatabase()
    const list = many.map((row) => ({ ...row }))
    const storing = db.addMessages(list)
    await nextTurn()
    list.length = 0
    await expectError(storing, 'INVALID_ARGUMENT')
    expect(await db.countMessages()).toBe(0)
  })
})

/** All that is large comes back as it went in, by every way that leads to it. */
describe('large values', () => {
  const text = `${'é漢😀\u0000"\\'.repeat(30_000)}😀`
  const metadata = {
    text: '"\\😀'.repeat(30_000),
    list: Array.from({ length: 10_000 }, (_, n) => ({ n, 'deep key': [n, null, true, -0.5e-9, `${n}`] })),
    __proto__: 1,
    ...JSON.parse('{"__proto__": {"own": 1}, "": {}, "e": []}'),
  }

  async function fill(db: DatabaseManager): Promise<void> {
    const fields = { channelId: 'large', content: text, metadata }
    await db.addMessages([
      message('l0', { channelId: 'large', timestamp: 0 }),
      ...[1, 2, 3].map((n) => message(`l${n}`, { ...fields, timestamp: n })),
      message('l4', { channelId: 'large', timestamp: 4 }),
    ])
    await db.storeMessage(message('l5', { ...fields, timestamp: 5 }))
    await db.upsertChannel({ channelId: 'large', name: 'n', metadata })
    await db.users.upsertUser({ userId: 'ada', displayName: 'Ada', metadata })
    await db.createSegmentWithMessages({
      ...segment,
      channelId: 'large',
      summary: text,
      metadata,
      vector: new Float32Array(65_536).fill(0.5),
      messages: ['l0', 'l1', { messageId: 'l2', position: 7, contributionScore: 0.25 }],
    })
  }

  it('come back as they went in, one by one and in lists', async () => {
    const db = await temporaryDatabase()
    await fill(db)
    const asText = JSON.stringify(metadata)
    const isWhole = (row: { content: string; metadata: unknown } | undefined): boolean =>
      row?.content === text && JSON.stringify(row.metadata) === asText
    const page = await db.getMessages({ channelId: 'large', order: 'asc' })
    expect(page.items.map(({ messageId }) => messageId)).toEqual(['l0', 'l1', 'l2', 'l3', 'l4', 'l5'])
    expect(page.items.map(isWhole)).toEqual([false, true, true, true, false, true])
    expect(page.nextCursor).toBeNull()
    expect((await db.getMessagesByIds(['l3', 'l0', 'l5'])).map(isWhole)).toEqual([true, false, true])
    const context = await db.getMessageContext({ messageId: 'l3', before: 2, after: 2 })
    expect([...(context?.before ?? []), context?.message, ...(context?.after ?? [])].map(isWhole)).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
    const members = await db.getSegmentMessages('s')
    expect(members.map(isWhole)).toEqual([false, true, true])
    expect(members[2]).toMatchObject({ position: 7, contributionScore: 0.25 })
    expect(isWhole(await db.updateMessage({ messageId: 'l5', timestamp: 6 }))).toBe(true)
    expect(JSON.stringify((await db.getChannel('large'))?.metadata)).toBe(asText)
    expect(JSON.stringify((await db.listChannels()).items[0]?.metadata)).toBe(asText)
    expect(JSON.stringify((await db.users.getUser('ada'))?.metadata)).toBe(asText)
    expect(JSON.stringify((await db.users.getUsers(['ada', 'ada']))[1]?.metadata)).toBe(asText)
    expect(JSON.stringify((await db.users.searchByDisplayName('ada')).items[0]?.metadata)).toBe(asText)
    const stored = await db.getConversationSegment('s')
    expect(stored?.summary === text && JSON.stringify(stored.metadata) === asText).toBe(true)
    expect(stored?.vector?.length).toBe(65_536)
    const [listed] = (await db.getConversationSegments({ channelId: 'large' })).items
    expect(listed?.summary === text && JSON.stringify(listed.metadata) === asText).toBe(true)
    expect(Reflect.get({}, 'own')).toBeUndefined()
  })

  it('of a segment of many members come in order', async () => {
    const db = await temporaryDatabase()
    await db.addMessages(many)
    const order = many.map(({ messageId }) => messageId).toReversed()
    await db.createSegmentWithMessages({ ...segment, messages: order })
    const [first, again, ...none] = await db.getSegmentMessageIds(['s', 's', 'nowhere'])
    expect(first?.messageIds).toEqual(order)
    expect(again?.messageIds).toEqual(order)
    expect(none).toEqual([])
    expect((await db.getSegmentMessages('s')).map(({ messageId }) => messageId)).toEqual(order)
  })
})

it('a call inside a transaction may weigh as much as any other, and no more', async () => {
  const db = await temporaryDatabase({ maxQueuedBytes: 4_000_000 })
  const heavy = Array.from({ length: 50 }, (_, n) => message(`h${n}`, { content: 'x'.repeat(100_000) }))
  await db.transaction(async (transaction) => {
    await expectError(transaction.addMessages(heavy), 'TOO_LARGE', { maxQueuedBytes: 4_000_000 })
    await expectError(transaction.storeMessage(message('h', { content: 'x'.repeat(3_000_000) })), 'TOO_LARGE')
    await transaction.addMessages(heavy.slice(0, 10))
  })
  await expectError(db.batch(heavy.map((params) => ({ name: 'storeMessage', params }))), 'TOO_LARGE')
  expect(await db.countMessages()).toBe(10)
})
