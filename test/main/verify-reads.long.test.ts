import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const verifying = { verifyReads: true, readers: 1, scrubRowsPerSecond: 0 } as const
const trusting = { readers: 1, scrubRowsPerSecond: 0 } as const

/** Messages 0 to 9 of one channel, members of a segment; the fifth is damaged. */
async function fileWithDamage(...more: readonly string[]): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await temporaryDatabase({ readers: 1 }, path)
  const ids = Array.from({ length: 10 }, (_, n) => `${n}`)
  await db.addMessages(ids.map((id) => message(id, { timestamp: 1_000 + Number(id), metadata: { a: 1 } })))
  await db.storeMessage(message('elsewhere', { channelId: 'other' }))
  const segment = { channelId: 'general', startTime: 0, endTime: 9, summary: 'tea' }
  await db.createSegmentWithMessages({ ...segment, segmentId: 's', messages: ids })
  await db.createSegmentWithMessages({ ...segment, segmentId: 'whole', messages: ['1', '2'] })
  await db.updateConversationSegment({ segmentId: 's', vector: new Float32Array(4) })
  const model = { model: 'mini', vector: new Float32Array(4) }
  await db.storeEmbeddings([
    { ownerType: 'message', ownerId: '1', ...model },
    { ownerType: 'segment', ownerId: 's', ...model },
  ])
  await db.users.upsertUser({ userId: 'ada', displayName: 'Ada', metadata: { a: 1 } })
  await db.users.updateProfile({ userId: 'ada', profile: { likes: 'tea' } })
  await db.upsertChannel({ channelId: 'general', name: 'General' })
  await db.close()
  return damagedCopy(path, `UPDATE messages SET content = 'hellp' WHERE message_id = '5'`, ...more)
}

const isUnindexed = `
  DELETE FROM channel_messages WHERE message_key > 3;
  UPDATE indexed_messages SET last_key = 3, changes = changes + 1;
  UPDATE channels SET message_count = message_count - 7 WHERE channel_id = 'general'`
const firstPages = async (db: DatabaseManager) => {
  const pages = db.iterateMessages({ channelId: 'general', order: 'asc', limit: 2 })
  for await (const { content } of pages) if (content !== 'hello') return content
  return undefined
}
const reads: readonly (readonly [string, (db: DatabaseManager) => Promise<unknown>])[] = [
  ['getMessages', (db) => db.getMessages({ channelId: 'general' })],
  ['getMessages, oldest first', (db) => db.getMessages({ channelId: 'general', order: 'asc', limit: 6 })],
  ['iterateMessages', firstPages],
  ['getMessagesByIds', (db) => db.getMessagesByIds(['1', '5'])],
  ['getMessageContext of it', (db) => db.getMessageContext({ messageId: '5' })],
  ['getMessageContext before it', (db) => db.getMessageContext({ messageId: '3', before: 1, after: 2 })],
  ['getMessageContext behind it', (db) => db.getMessageContext({ messageId: '7', before: 2, after: 1 })],
  ['getSegmentMessages', (db) => db.getSegmentMessages('s')],
]

describe.each([
  ['merged', []],
  ['recent', [isUnindexed]],
])('a damaged message that is %s', (_, steps) => {
  it('is refused by every call that would give it, and all other calls of that turn are answered', async () => {
    const db = await temporaryDatabase({ ...verifying, readOnly: true }, await fileWithDamage(...steps))
    for (const [, read] of reads) {
      const others = Promise.all([
        db.getMessages({ channelId: 'general', limit: 3 }),
        db.getMessages({ channelId: 'other' }),
        db.getSegmentMessages('whole'),
        db.getSegmentMessageIds(['s']),
        db.countMessages({ channelId: 'general' }),
        db.getChannel('general'),
      ])
      await expectError(read(db), 'CORRUPT', { messageId: '5', table: 'messages', key: '6' })
      const [page, elsewhere, members, memberIds, count, channel] = await others
      expect(page.items.map(({ messageId }) => messageId)).toEqual(['9', '8', '7'])
      expect(elsewhere.items).toHaveLength(1)
      expect(members).toHaveLength(2)
      expect(JSON.stringify(memberIds)).toContain('"5"')
      expect([count, channel?.name]).toEqual([10, 'General'])
    }
  })

  it('is served without verifyReads', async () => {
    const db = await temporaryDatabase({ ...trusting, readOnly: true }, await fileWithDamage(...steps))
    for (const [, read] of reads) expect(JSON.stringify(await read(db))).toContain('hellp')
  })
})

describe('a damaged row of another table', () => {
  const cases: readonly (readonly [
    damage: string,
    row: object,
    read: (db: DatabaseManager) => Promise<unknown>,
  ])[] = [
    [`UPDATE channels SET name = 'Generam'`, { channelId: 'general' }, (db) => db.getChannel('general')],
    [`UPDATE channels SET name = 'Generam'`, { table: 'channels' }, (db) => db.listChannels()],
    [`UPDATE users SET metadata = '{"a":2}'`, { userId: 'ada' }, (db) => db.users.getUser('ada')],
    [`UPDATE users SET metadata = '{"a":2}'`, { userId: 'ada' }, (db) => db.users.getUsers(['ada'])],
    [`UPDATE users SET metadata = '{"a":2}'`, { userId: 'ada' }, (db) => db.users.searchByDisplayName('ada')],
    [`UPDATE user_profiles SET profile = '{}'`, { userId: 'ada' }, (db) => db.users.getProfile('ada')],
    [
      `UPDATE conversation_segments SET vector = zeroblob(20)`,
      { segmentId: 's' },
      (db) => db.getConversationSegment('s'),
    ],
    [
      `UPDATE conversation_segments SET summary = 'tee'`,
      { table: 'conversation_segments' },
      (db) => db.getConversationSegments({ channelId: 'general' }),
    ],
    [
      `UPDATE segment_messages SET contribution_score = 1 WHERE message_key = 2`,
      { segmentId: 'whole' },
      (db) => db.getSegmentMessages('whole'),
    ],
    [
      `UPDATE embeddings SET vector = x'${'00'.repeat(15)}01' WHERE message_key IS NOT NULL`,
      { ownerId: '1' },
      (db) => db.getEmbeddings({ ownerType: 'message', ownerIds: ['1'] }),
    ],
    [
      `UPDATE embeddings SET created_at = 1 WHERE segment_key IS NOT NULL`,
      { ownerId: 's' },
      (db) => db.getEmbeddings({ ownerType: 'segment', ownerIds: ['s'] }),
    ],
  ]

  it('is refused by the calls that give it, and keeps no message back', async () => {
    const damage = [...new Set(cases.map(([sql]) => sql))].join(';')
    const db = await temporaryDatabase({ ...verifying, readOnly: true }, await fileWithDamage(damage))
    for (const [, row, read] of cases) await expectError(read(db), 'CORRUPT', row)
    expect(await db.getMessagesByIds(['1'])).toMatchObject([{ content: 'hello', userId: 'ada' }])
    const { items } = await db.getMessages({ channelId: 'general', limit: 2 })
    expect(items).toMatchObject([{ messageId: '9' }, { messageId: '8' }])
  })
})

describe('beside the readers', () => {
  it('a thread with a port compares as its database does, and SQL of a borrower finds the row as it is', async () => {
    const db = await temporaryDatabase(verifying, await fileWithDamage())
    const port = db.createPort()
    const program = `
      const { parentPort, workerData } = require('node:worker_threads')
      const codeOf = (call) => call.then(() => 'served', ({ code }) => code)
      import('convodb').then(async ({ connectPort }) => {
        const db = await connectPort(workerData.port)
        const codes = [await codeOf(db.getMessagesByIds(['5'])), await codeOf(db.getMessagesByIds(['4']))]
        await db.close()
        parentPort.postMessage(codes)
      })`
    const worker = new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
    const [codes] = await once(worker, 'message')
    expect(codes).toEqual(['CORRUPT', 'served'])
    const sql = `SELECT content FROM messages WHERE message_id = '5'`
    const rows = await db.withConnection((connection) => connection.all(sql), { mode: 'read' })
    expect(rows).toEqual([{ content: 'hellp' }])
  })

  it('the background walk finds the row as well', async () => {
    const db = await temporaryDatabase({ ...verifying, scrubRowsPerSecond: 100_000 }, await fileWithDamage())
    const patience = { timeout: 60_000, interval: 20 }
    await expect.poll(async () => (await db.stats()).scrub?.damagedRows, patience).toBe(1)
  })
})

describe('the writer', () => {
  it('changes no part of a damaged row, also without verifyReads', async () => {
    const path = await fileWithDamage(
      `UPDATE channels SET name = 'Generam'`,
      `UPDATE users SET metadata = '{"a":2}'`,
      `UPDATE user_profiles SET profile = '{}'`,
      `UPDATE conversation_segments SET summary = 'tee'`,
    )
    const db = await temporaryDatabase(trusting, path)
    const neighbours = [db.storeMessage(message('new')), db.updateMessage({ messageId: '4', content: 'hi' })]
    await Promise.all([
      expectError(db.updateMessage({ messageId: '5', metadata: { a: 2 } }), 'CORRUPT', { messageId: '5' }),
      expectError(db.upsertChannel({ channelId: 'general', metadata: {} }), 'CORRUPT', {
        channelId: 'general',
      }),
      expectError(db.users.upsertUser({ userId: 'ada', displayName: 'A' }), 'CORRUPT', { userId: 'ada' }),
      expectError(db.users.updateProfile({ userId: 'ada', profile: { b: 1 } }), 'CORRUPT', { userId: 'ada' }),
      expectError(db.updateConversationSegment({ segmentId: 's', endTime: 10 }), 'CORRUPT', {
        segmentId: 's',
      }),
    ])
    // What was committed beside them stands, once.
    expect(await Promise.all(neighbours)).toMatchObject([{ outcome: 'inserted' }, { content: 'hi' }])
    expect((await db.stats()).restarts).toMatchObject({ writer: 0, reopenings: 0 })
    const { problems } = await db.verify()
    expect(problems.filter(({ check }) => check === 'checksums').map(({ table }) => table)).toContain(
      'messages',
    )
    await db.storeMessage(message('5', { timestamp: 1_005, content: 'stored anew' }))
    expect(await db.getMessagesByIds(['5'])).toMatchObject([{ content: 'stored anew' }])
  })
})

it('takes no message of another channel for a damaged one', async () => {
  const db = await temporaryDatabase(verifying)
  const segmenting = { channelId: 'general', strategy: 'gap' } as const
  await db.storeMessage(message('1', { channelId: 'other' }))
  await db.storeMessage(message('2'))
  expect(await db.segmentChannel(segmenting)).toMatchObject({ messages: 1 })
  await db.storeMessage(message('1', { channelId: 'other', content: 'changed' }))
  await db.storeMessage(message('3', { channelId: 'other' }))
  expect(await db.segmentChannel(segmenting)).toMatchObject({ messages: 0 })
})

it('takes no row for another one in small tables, which are walked once they were analysed', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await temporaryDatabase(verifying, path)
  await db.storeMessage(message('1'))
  const segment = { channelId: 'general', startTime: 0, endTime: 9, messages: ['1'] }
  await db.createSegmentWithMessages({ ...segment, segmentId: 's' })
  await db.optimize()
  await db.close()
  const opened = await temporaryDatabase(verifying, path)
  expect(await opened.getConversationSegment('another')).toBeUndefined()
  await opened.createSegmentWithMessages({ ...segment, segmentId: 't' })
  expect(await opened.getConversationSegment('t')).toMatchObject({ segmentId: 't' })
  expect(await opened.getSegmentMessages('t')).toMatchObject([{ messageId: '1' }])
})
