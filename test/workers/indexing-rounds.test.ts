import { join } from 'node:path'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operationMessage } from '../../src/protocol/messages.js'
import { temporaryFolder } from '../support/databases.js'
import { SmallTransactions, timeOf } from '../support/small-transactions.js'

/** How many messages a round has that begins with small transactions. */
const round = 4_096
const many = { channels: 7, users: 300 }

let path: string
let writer: SmallTransactions
beforeEach(async () => {
  path = join(await temporaryFolder(), 'chat.db')
  writer = new SmallTransactions(path)
})
afterEach(() => writer.connection.close())

const entries = (table: string): number => Number(writer.one(`SELECT count(*) FROM ${table}`))
const lastKey = (): number => Number(writer.one('SELECT last_key FROM indexed_messages'))
const countedUser = (): number => Number(writer.one('SELECT counted_user_key FROM indexed_messages'))

async function listIds(db: DatabaseManager, channelId: string, messageType?: string): Promise<string[]> {
  const ids: string[] = []
  const asked = { channelId, order: 'asc', ...(messageType !== undefined && { messageType }) } as const
  for await (const { messageId } of db.iterateMessages(asked)) ids.push(messageId)
  return ids
}

/** The numbers of all messages, in the order of their times. */
const inOrder = (): number[] =>
  Array.from({ length: writer.stored }, (_, n) => n).toSorted((one, other) => timeOf(one) - timeOf(other))

const read = (): Promise<DatabaseManager> => openDatabase(path, { readOnly: true, readers: 1 })

/** What a reader sees now, and what `verify` says of it. */
async function expectWhole(db: DatabaseManager): Promise<void> {
  const left = inOrder()
  const ofChannel = left.filter((n) => n % many.channels === 3)
  const ofUser = left.filter((n) => n % many.users === 3)
  expect(await listIds(db, 'c3')).toEqual(ofChannel.map((n) => `m${n}`))
  expect(await listIds(db, 'c3', 'joined')).toEqual(ofChannel.filter((n) => n % 10 === 0).map((n) => `m${n}`))
  expect(await listIds(db, 'c3', 'message')).toEqual(
    ofChannel.filter((n) => n % 10 !== 0).map((n) => `m${n}`),
  )
  const byDay = async (whose: { channelId: string } | { userId: string }): Promise<number[]> =>
    (await db.countMessagesBy({ ...whose, by: 'day' })).items.map(({ messages }) => messages)
  expect(await byDay({ channelId: 'c3' })).toEqual([ofChannel.length])
  expect(await byDay({ userId: 'u3' })).toEqual([ofUser.length])
  expect(await db.countMessages({ channelId: 'c3', after: new Date(1_000) })).toBe(
    ofChannel.filter((n) => timeOf(n) > 1_000).length,
  )
  expect(await db.countUnread({ channelId: 'c3', after: new Date(2_000) })).toBe(
    ofChannel.filter((n) => timeOf(n) > 2_000).length,
  )
  const { items } = await db.getUserMessages({ userId: 'u3', limit: 1_000 })
  expect(items.map(({ messageId }) => messageId)).toEqual(ofUser.toReversed().map((n) => `m${n}`))
  expect(await db.getUser('u3')).toMatchObject({
    messageCount: ofUser.length,
    lastActive: new Date(Math.max(...ofUser.map(timeOf))),
  })
  expect(await db.getChannel('c3')).toMatchObject({ messageCount: ofChannel.length })
  expect(await db.countMessages()).toBe(left.length)
  const seen = await db.withConnection(
    async (connection) => [
      await connection.get('SELECT count(*) AS n FROM channel_messages'),
      await connection.get('SELECT count(*) AS n FROM user_messages'),
      await connection.get('SELECT sum(message_count) AS n FROM users'),
    ],
    { mode: 'read' },
  )
  expect(seen).toEqual([{ n: left.length }, { n: left.length }, { n: left.length }])
  expect(await db.verify()).toMatchObject({ problems: [] })
}

describe('a round of indexing', () => {
  it('begins when enough has gathered, goes on with each small transaction, and ends when nothing waits', () => {
    writer.store(round - 20, 20, many)
    expect(entries('channel_messages')).toBe(0)
    writer.store(200, 20, many)
    expect(entries('channel_messages')).toBeGreaterThan(100)
    expect(lastKey()).toBe(0)
    expect(writer.isTidyingDue).toBe(false)
    while (!writer.isTidyingDue) writer.store(20, 20, many)
    expect(writer.stored).toBeLessThan(1.7 * round)
    expect(lastKey()).toBe(0)
    expect(writer.tidy()).toBe(1)
    expect(lastKey()).toBe(round)
    expect(entries('channel_messages')).toBe(round)
    expect(entries('typed_messages')).toBe(Math.ceil(round / 10))
    expect(writer.one('SELECT sum(message_count) FROM channels')).toBe(round)
    expect(writer.one('SELECT sum(message_count) FROM users')).toBe(round)
  })

  it('ends within a transaction where the writer is never idle', () => {
    writer.store(2 * round + 20, 20, many)
    expect(lastKey()).toBeGreaterThanOrEqual(round)
    expect(writer.unindexedMessages).toBeLessThan(2 * round)
  })

  it('is followed by the next one', () => {
    while (writer.stored < 5 * round) {
      writer.store(20, 20, many)
      writer.tidy()
    }
    expect(lastKey()).toBeGreaterThan(3 * round)
    expect(entries('channel_messages') - lastKey()).toBeLessThan(round + 1)
  })

  it('is seen by nobody before it is over, at whichever place it is', async () => {
    // Behind another one, whose block it is in.
    for (; lastKey() === 0; writer.tidy()) writer.store(20, 20, many)
    await using db = await read()
    writer.store(round, 20, many)
    for (const before = lastKey(); lastKey() === before; writer.tidy()) {
      await expectWhole(db)
      writer.store(300, 20, many)
    }
    await expectWhole(db)
    writer.store(20, 20, many)
    await expectWhole(db)
    await using other = await read()
    await expectWhole(other)
  }, 60_000)

  it('has counted some users ahead of others, and is seen by nobody then', async () => {
    writer.store(round, 20, many)
    while (countedUser() === 0) writer.store(5, 5, many)
    expect(countedUser()).toBeLessThan(many.users)
    await using db = await read()
    await expectWhole(db)
  })

  it('is left to the next indexing when its file is closed in the middle', async () => {
    writer.store(round, 20, many)
    while (countedUser() === 0) writer.store(5, 5, many)
    writer.connection.close()
    await using db = await openDatabase(path)
    await db.upsertChannel({ channelId: 'another' })
    expect(await db.verify()).toMatchObject({ problems: [] })
    expect(await db.getUser('u3')).toMatchObject({
      messageCount: Math.ceil((writer.stored - 3) / many.users),
    })
  })
})

const storedAgain = (n: number, changes: { channelId?: string; userId: string; messageType?: string }) =>
  operationMessage('storeMessage', {
    messageId: `m${n}`,
    channelId: `c${n % many.channels}`,
    content: 'again',
    timestamp: timeOf(n),
    ...changes,
  })

describe('a message that is changed in the middle of a round', () => {
  /** Messages of the round, whose entries and counters are there by now; and one behind it. */
  const [deleted, moved, renamed, later, oneMore] = [3, 10, 24, round + 30, 31]
  beforeEach(() => {
    writer.store(round, 20, many)
    while (countedUser() < 200) writer.store(5, 5, many)
    writer.store(40, 5, many)
    expect(
      writer.commit([
        operationMessage('deleteMessages', { messageIds: [`m${deleted}`, `m${later}`] }),
        storedAgain(moved, { channelId: 'c6', userId: 'u299' }),
        operationMessage('updateMessage', { messageId: `m${renamed}`, messageType: 'left' }),
        storedAgain(oneMore, { userId: 'u250', messageType: 'left' }),
      ]),
    ).toMatchObject([{ ok: true }, 'updated', { ok: true }, 'updated'])
  })
  const gone = new Set([deleted, moved, later])

  it.each(['at once', 'when more has come', 'when all is indexed'])('is seen as it is, %s', async (when) => {
    if (when === 'when more has come') writer.store(5, 5, many)
    if (when === 'when all is indexed') writer.store(2 * round, 20, many)
    await using db = await read()
    const stored = inOrder()
    expect(await listIds(db, 'c3')).toEqual(
      stored.filter((n) => n % many.channels === 3 && !gone.has(n)).map((n) => `m${n}`),
    )
    expect(await listIds(db, 'c6')).toContain(`m${moved}`)
    expect(await listIds(db, 'c3', 'left')).toEqual([`m${renamed}`, `m${oneMore}`])
    const of = (user: number): number =>
      stored.filter((n) => n % many.users === user && n !== deleted && n !== later).length
    for (const [user, others] of [
      [deleted, 0],
      [moved, -1],
      [299, 1],
      [oneMore, -1],
      [250, 1],
    ] as const)
      expect(await db.getUser(`u${user}`)).toMatchObject({ messageCount: of(user) + others })
    expect(await db.verify()).toMatchObject({ problems: [] })
  })
})
