import { beforeEach, describe, expect, it } from 'vitest'
import type { BatchedOperation, DatabaseManager, Params } from 'convodb'
import { brief, presentEnd, takeChanges } from '../support/changes.js'
import { expectError, message, temporaryDatabase } from '../support/databases.js'

let db: DatabaseManager
beforeEach(async () => {
  db = await temporaryDatabase()
  await db.storeMessage(message('own', { channelId: 'own' }))
  await db.storeMessage(message('foreign', { channelId: 'foreign' }))
  await db.createConversationSegment({ segmentId: 's', channelId: 'foreign', startTime: 0, endTime: 1 })
})

const withinChannels = ['own']
const each = async (...operations: BatchedOperation[]) => db.executeEach(operations, { withinChannels })
const failed = (code: string) => ({ ok: false, error: { code } })

describe('a request that is held to some channels', () => {
  it('reads nothing of others', async () => {
    const read = await db.executeJson(
      'getMessagesByIds',
      { messageIds: ['foreign', 'own'] },
      { withinChannels },
    )
    expect(JSON.parse(Buffer.from(read).toString())).toMatchObject([{ messageId: 'own' }])
    expect(
      await each(
        { name: 'getMessagesByIds', params: { messageIds: ['foreign'] } },
        { name: 'getMessages', params: { channelId: 'foreign' } },
        { name: 'getChannel', params: { channelId: 'foreign' } },
        { name: 'countMessages', params: { channelId: 'foreign' } },
        { name: 'getConversationSegments', params: { channelId: 'foreign' } },
        { name: 'listChannels', params: {} },
      ),
    ).toMatchObject([
      { value: [] },
      { value: { items: [] } },
      { value: undefined },
      { value: 0 },
      { value: { items: [] } },
      { value: { items: [{ channelId: 'own' }], nextCursor: null } },
    ])
  })

  it('lists its channels in both orders, page by page', async () => {
    for (const channelId of ['a', 'b']) await db.upsertChannel({ channelId })
    for (const order of ['asc', 'desc'] as const) {
      const found: string[] = []
      let cursor: string | null | undefined
      while (cursor !== null) {
        const page = await db.executeJson(
          'listChannels',
          { order, limit: 1, cursor },
          { withinChannels: ['b', 'none', 'own', 'a'] },
        )
        const { items, nextCursor } = JSON.parse(Buffer.from(page).toString())
        found.push(items[0].channelId)
        cursor = nextCursor
      }
      expect(found).toEqual(order === 'asc' ? ['own', 'a', 'b'] : ['b', 'a', 'own'])
    }
  })

  it('changes nothing of others, and its neighbours stand', async () => {
    expect(
      await each(
        { name: 'deleteMessages', params: { messageIds: ['foreign'] } },
        { name: 'updateMessage', params: { messageId: 'foreign', content: 'x' } },
        { name: 'storeMessage', params: message('foreign', { channelId: 'own' }) },
        { name: 'storeMessage', params: message('new', { channelId: 'foreign' }) },
        { name: 'storeMessage', params: message('new', { channelId: 'own' }) },
        { name: 'deleteChannel', params: { channelId: 'foreign' } },
        { name: 'upsertChannel', params: { channelId: 'none' } },
        { name: 'deleteConversationSegment', params: { segmentId: 's' } },
      ),
    ).toMatchObject([
      { value: 0 },
      failed('NOT_FOUND'),
      failed('FORBIDDEN'),
      failed('FORBIDDEN'),
      { value: { outcome: 'inserted' } },
      failed('FORBIDDEN'),
      failed('FORBIDDEN'),
      { value: false },
    ])
    expect(await db.getChannel('foreign')).toMatchObject({ messageCount: 1 })
    expect(await db.getChannel('none')).toBeUndefined()
  })

  it('is a batch, too, and holds nobody after it', async () => {
    const hidden = db.batch([{ name: 'updateMessage', params: { messageId: 'foreign', content: 'x' } }], {
      withinChannels,
    })
    await expectError(hidden, 'NOT_FOUND')
    expect(await db.updateMessage({ messageId: 'foreign', content: 'y' })).toMatchObject({ content: 'y' })
  })

  it('is another one than the same request that is held to others, whatever its idempotency key', async () => {
    const operations: BatchedOperation[] = [{ name: 'getMessage', params: { messageId: 'foreign' } }]
    const ask = (idempotencyKey: string, channels?: readonly string[]) =>
      db.executeEach(operations, { idempotencyKey, withinChannels: channels })
    await ask('free', undefined)
    await expectError(ask('free', withinChannels), 'IDEMPOTENCY_KEY_REUSED')
    await ask('held', ['own', 'foreign'])
    await expectError(ask('held', withinChannels), 'IDEMPOTENCY_KEY_REUSED')
    await expectError(ask('held', undefined), 'IDEMPOTENCY_KEY_REUSED')
    expect(await ask('held', ['foreign', 'own', 'own'])).toMatchObject([{ value: { messageId: 'foreign' } }])
  })

  it.each(['own', [5], [''], null])('names channels by their ids: %j', async (given) => {
    const options = JSON.parse(JSON.stringify({ withinChannels: given }))
    await expectError(db.executeEach([], options), 'INVALID_ARGUMENT', { field: 'withinChannels' })
    await expectError(db.executeJson('listChannels', {}, options), 'INVALID_ARGUMENT', {
      field: 'withinChannels',
    })
  })
})

describe('a subscription that is held to channels', () => {
  it.each([{ channels: ['own', 'too'] }, { channels: ['own'] }, { channels: [] }])(
    'tells of these only, before and after it came to the end: %j',
    async ({ channels }) => {
      const after = await presentEnd(db)
      await using live = db.subscribe({ withinChannels: channels })
      await using late = db.subscribe({ after, withinChannels: channels })
      const ids = ['own', 'too', 'foreign', 'own'].map(
        (channelId, n) => `${channelId}-${n}-${channels.length}`,
      )
      for (const id of ids)
        await db.storeMessage(message(id, { channelId: id.slice(0, id.indexOf('-')), userId: id }))
      await db.users.upsertUser({ userId: 'ada', displayName: 'Ada' })
      const expected = ids.filter((id) => channels.some((channelId) => id.startsWith(channelId)))
      for (const subscription of [live, late]) {
        const told = (await takeChanges(subscription, expected.length)).map(brief)
        expect(told).toEqual(expected.map((id) => `messageStored ${id}`))
      }
    },
  )
})

describe('pages of changes that are held to channels', () => {
  const list = async (params: Params<'listChanges'>) =>
    JSON.parse(Buffer.from(await db.executeJson('listChanges', params, { withinChannels })).toString())

  it('are of one of them, which is named', async () => {
    const after = await presentEnd(db)
    await db.storeMessage(message('page-1', { channelId: 'own' }))
    await db.storeMessage(message('page-2', { channelId: 'foreign' }))
    expect(await list({ channelId: 'own', after })).toMatchObject({
      items: [{ messageId: 'page-1' }],
      hasMore: false,
    })
    for (const channelId of ['foreign', 'missing', undefined])
      await expectError(list({ channelId, after }), 'FORBIDDEN')
  })
})
