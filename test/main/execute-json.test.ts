import { openDatabase, operations, toJsonForm, type DatabaseManager, type OperationName } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { expectError, message, temporaryFolder } from '../support/databases.js'

let db: DatabaseManager
beforeAll(async () => {
  db = await openDatabase(':memory:', { readers: 1, keepHistory: true })
  const times = [0, 999, 59_999, 1.7e12, 253_402_300_799_999, 253_402_300_800_000, -1, -8.64e15, 8.64e15]
  await db.addMessages(
    times.flatMap((timestamp, index) => [
      message(`t${index}`, { channelId: 'times', timestamp, editedAt: timestamp }),
      message(`u${index}`, { channelId: 'times', timestamp }),
    ]),
  )
  await db.addMessages([
    message('quotes', { channelId: 'odd "\\', userId: '"', content: '"\\\n\u0001\u2028\u2029😀é' }),
    message('nul', { channelId: 'odd "\\', content: 'a\0b' }),
    message('json', {
      channelId: 'odd "\\',
      metadata: JSON.parse('{"a":[1,{"b":null}],"__proto__":{"x":1},"n":1e21,"s":"\\u0001\\"","":{}}'),
    }),
    message('long', {
      channelId: 'odd "\\',
      content: 'é'.repeat(70_000),
      metadata: { long: 'x'.repeat(70_000) },
    }),
    message('reply', { channelId: 'odd "\\', replyToMessageId: 'quotes', messageType: 'note' }),
  ])
  await db.addReaction({ messageId: 'json', userId: '"', reaction: '"\\\u2028😀' })
  await db.addReaction({ messageId: 'json', userId: 'ada', reaction: '👍' })
  await db.deleteReaction({ messageId: 'json', userId: 'ada', reaction: '👍' })
  await db.updateMessage({ messageId: 'json', content: 'edited' })
  await db.createSegmentWithMessages({
    segmentId: 's',
    channelId: 'odd "\\',
    startTime: 0,
    endTime: 2_000,
    vector: [1.5, -2],
    metadata: { of: 'segment' },
    messages: ['json', 'long', { messageId: 'quotes', contributionScore: 0.25 }],
  })
  const many = Array.from({ length: 4_500 }, (_, n) => message(`many-${n}`, { channelId: 'many' }))
  await db.addMessages(many)
  const ids = many.map(({ messageId }) => messageId)
  await db.createSegmentWithMessages({
    segmentId: 'many',
    channelId: 'many',
    startTime: 0,
    endTime: 1,
    messages: ids,
  })
  await db.storeEmbeddings([{ ownerType: 'message', ownerId: 'nul', model: 'm', vector: [1, 2, 3] }])
  await db.upsertUser({ userId: 'ada', displayName: 'Ada "L"', metadata: { a: 1 } })
  await db.updateProfile({ userId: 'ada', profile: { likes: ['tea'] } })
})
afterAll(() => db.close())

const odd = 'odd "\\'
const reads: readonly (readonly [OperationName, object])[] = [
  ['getMessages', { channelId: 'times' }],
  ['getMessages', { channelId: 'times', order: 'asc', limit: 3 }],
  ['getMessages', { channelId: odd }],
  ['getMessages', { channelId: odd, limit: 2 }],
  ['getMessages', { channelId: 'none' }],
  ['getMessagesByIds', { messageIds: ['long', 'none', 'json', 'quotes', 't0'] }],
  ['getMessageContext', { messageId: 'json' }],
  ['getMessageContext', { messageId: 'none' }],
  ['countMessages', {}],
  ['countExpiredMessages', { olderThan: 5 }],
  ['getChannel', { channelId: odd }],
  ['getChannel', { channelId: 'none' }],
  ['listChannels', {}],
  ['getConversationSegment', { segmentId: 's' }],
  ['getConversationSegments', { channelId: odd }],
  ['getOverlappingSegments', { channelId: odd, startTime: 0, endTime: 1 }],
  ['getSegmentMessages', { segmentId: 's' }],
  ['getSegmentMessageIds', { segmentIds: ['s', 'many', 'none'] }],
  ['getSegmentMessages', { segmentId: 'many' }],
  ['getMessages', { channelId: 'many', limit: 4_500 }],
  ['getEmbeddings', { ownerType: 'message', ownerIds: ['nul'] }],
  ['searchByVector', { model: 'm', vector: [3, 2, 1], owner: 'message' }],
  ['getUser', { userId: 'ada' }],
  ['getUsers', { userIds: ['ada', '"'] }],
  ['searchByDisplayName', { query: 'ada' }],
  ['getProfile', { userId: 'ada' }],
  ['listChanges', {}],
  ['listChanges', { after: 'c0.0', limit: 30 }],
  ['getMessage', { messageId: 'json' }],
  ['getMessage', { messageId: 'none' }],
  ['getUserMessages', { userId: 'ada', limit: 3 }],
  ['getUserMessages', { userId: 'ada', channelId: odd }],
  ['getMessages', { channelId: odd, messageType: 'note' }],
  ['getMessages', { channelId: odd, replyToMessageId: 'quotes' }],
  ['countMessagesBy', { channelId: odd, by: 'day' }],
  ['countUnread', { channelId: odd, after: 0 }],
  ['listUsersByActivity', {}],
  ['searchMessages', { text: 'hello' }],
  ['searchMessages', { text: 'hello', highlight: true, limit: 3 }],
  ['searchMessages', { text: 'éé*', channelId: odd, highlight: true }],
  ['recall', { text: 'hello', limit: 2, explain: true }],
  ['recall', { vector: [1, 2, 3], model: 'm' }],
  ['getSegmentingStep', { channelId: odd, strategy: 'gap-30', window: 5, limit: 3 }],
  ['embeddingProgress', { owner: 'message', model: 'm' }],
  ['getMessage', { messageId: 'json', with: ['user', 'reactions'] }],
  ['getMessageContext', { messageId: 'json', with: ['user', 'reactions'] }],
  ['getReactions', { messageId: 'json', withRemoved: true }],
  ['getMessageHistory', { messageId: 'json' }],
  ['countRows', {}],
  ['exportRows', { kind: 'message' }],
]

const execute = (name: OperationName, params: object): Promise<unknown> =>
  db.execute(name, JSON.parse(JSON.stringify(params)))
async function executeJson(name: OperationName, params: object): Promise<string> {
  return new TextDecoder().decode(await callByName(db, name, params))
}
const decode = (json: Uint8Array): string => new TextDecoder().decode(json)
const lendJson = (name: OperationName, params: object): Promise<string> =>
  lendByName(db, name, params, decode)
function lendByName(
  database: DatabaseManager,
  name: unknown,
  params: unknown,
  use: (json: Uint8Array) => string,
): Promise<string>
function lendByName(
  database: {
    lendJson(name: unknown, params: unknown, use: (json: Uint8Array) => string): Promise<string>
  },
  name: unknown,
  params: unknown,
  use: (json: Uint8Array) => string,
): Promise<string> {
  return database.lendJson(name, params, use)
}
/** By a name that is not known when this is compiled. */
function callByName(database: DatabaseManager, name: unknown, params: unknown): Promise<Uint8Array>
function callByName(
  database: { executeJson(name: unknown, params: unknown): Promise<Uint8Array> },
  name: unknown,
  params: unknown,
): Promise<Uint8Array> {
  return database.executeJson(name, params)
}

/** Fields may stand in another order. */
function expectSame(text: string, expected: string): void {
  expect(JSON.parse(text)).toEqual(JSON.parse(expected))
  expect(text).toHaveLength(expected.length)
}

describe('executeJson', () => {
  it('is tried with every read', () => {
    const tried = new Set<string>(reads.map(([name]) => name))
    const all = Object.entries(operations).filter(([, { lane }]) => lane === 'read')
    expect(all.map(([name]) => name).filter((name) => !tried.has(name))).toEqual([])
  })

  it.each(reads)('%s %j gives what toJsonForm gives, before and after indexing', async (name, params) => {
    const expected = JSON.stringify(toJsonForm(await execute(name, params)))
    expectSame(await executeJson(name, params), expected)
    expectSame(await lendJson(name, params), expected)
    await db.checkpoint({ mode: 'truncate' })
    expectSame(await executeJson(name, params), expected)
  })

  it('pages to the same end', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = JSON.parse(
        await executeJson('getMessages', { channelId: 'times', limit: 4, ...(cursor && { cursor }) }),
      )
      for (const { messageId } of page.items) ids.push(messageId)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(18)
    expect(ids).toHaveLength(18)
  })

  it('refuses a write, and what every call refuses', async () => {
    await expectError(callByName(db, 'storeMessage', message('1')), 'INVALID_ARGUMENT', { field: 'name' })
    await expectError(callByName(db, 'nonsense', {}), 'INVALID_ARGUMENT', { field: 'name' })
    await expectError(callByName(db, 'getMessages', {}), 'INVALID_ARGUMENT', { field: 'channelId' })
  })

  it('does not serve damaged JSON, and names its row', async () => {
    const path = `${await temporaryFolder()}/chat.db`
    await using made = await openDatabase(path)
    await made.storeMessage(message('1', { metadata: { a: 1 } }))
    await made.close()
    const damaged = await damagedCopy(path, `UPDATE messages SET metadata = '{"a":'`)
    await using reopened = await openDatabase(damaged, { readOnly: true })
    await expectError(callByName(reopened, 'getMessages', { channelId: 'general' }), 'CORRUPT', {
      messageId: '1',
    })
  })
})
