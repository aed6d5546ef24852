import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

export const channelCases = {
  upsertChannel(db: GetDatabase) {
    it('creates a channel that nobody has written in yet', async () => {
      const channel = await db().upsertChannel({ channelId: 'uc-new', name: '#new', createdAt: 5 })
      expect(channel).toEqual({
        channelId: 'uc-new',
        name: '#new',
        metadata: null,
        createdAt: new Date(5),
        lastActive: null,
        messageCount: 0,
      })
      expect(await db().getChannel('uc-new')).toEqual(channel)
    })

    it('keeps the messages of a channel that is created again', async () => {
      await db().storeMessage(message('uc-1', { channelId: 'uc-kept' }))
      await db().upsertChannel({ channelId: 'uc-kept', name: '#kept' })
      await db().upsertChannel({ channelId: 'uc-kept', name: '#kept again' })
      expect(await db().countMessages({ channelId: 'uc-kept' })).toBe(1)
      expect(await db().getChannel('uc-kept')).toMatchObject({ name: '#kept again', messageCount: 1 })
    })

    it('keeps what is left out and clears what is null', async () => {
      await db().upsertChannel({ channelId: 'uc-part', name: '#part', metadata: { a: 1 } })
      expect(await db().upsertChannel({ channelId: 'uc-part', name: '#other' })).toMatchObject({
        name: '#other',
        metadata: { a: 1 },
      })
      expect(await db().upsertChannel({ channelId: 'uc-part', metadata: null })).toMatchObject({
        name: '#other',
        metadata: null,
      })
    })

    it('takes a name of up to 1,024 characters', async () => {
      const name = '#'.repeat(1_024)
      expect(await db().upsertChannel({ channelId: 'uc-name', name })).toMatchObject({ name })
      const call = db().upsertChannel({ channelId: 'uc-name', name: `${name}#` })
      await expectError(call, 'INVALID_ARGUMENT', { field: 'name' })
    })
  },

  getChannel(db: GetDatabase) {
    it('is undefined for an unknown channel', async () => {
      expect(await db().getChannel('gc-none')).toBeUndefined()
    })

    it('takes the id bare or in an object', async () => {
      await db().upsertChannel({ channelId: 'gc-both' })
      expect(await db().getChannel({ channelId: 'gc-both' })).toEqual(await db().getChannel('gc-both'))
    })

    it('comes into being with the message that is stored first, whatever comes with it', async () => {
      const calls = [3_000, 2_000].map((timestamp) =>
        db().storeMessage(message(`gc-t-${timestamp}`, { channelId: 'gc-t', timestamp })),
      )
      const messages = [3_000, 2_000].map((timestamp) =>
        message(`gc-a-${timestamp}`, { channelId: 'gc-a', timestamp }),
      )
      await Promise.all([...calls, db().addMessages(messages)])
      for (const channelId of ['gc-t', 'gc-a'])
        expect(await db().getChannel(channelId)).toMatchObject({ createdAt: new Date(3_000) })
    })

    it('comes into being with a message that comes from another channel, where that is first', async () => {
      const store = (n: number, channelId: string, timestamp: number) =>
        db().storeMessage(message(`gc-m-${n}`, { channelId, timestamp }))
      await store(1, 'gc-m-old', 1_000)
      await Promise.all([store(1, 'gc-m', 3_000), store(2, 'gc-m', 2_000)])
      expect(await db().getChannel('gc-m')).toMatchObject({ createdAt: new Date(3_000) })
    })

    it('shows the counters: rows, and the latest message, which only moves forward', async () => {
      await db().addMessages([
        message('gc-1', { channelId: 'gc-active', timestamp: 2_000 }),
        message('gc-2', { channelId: 'gc-active', timestamp: 1_000 }),
      ])
      expect(await db().getChannel('gc-active')).toMatchObject({
        messageCount: 2,
        lastActive: new Date(2_000),
      })
      await db().deleteMessages(['gc-1'])
      expect(await db().getChannel('gc-active')).toMatchObject({
        messageCount: 1,
        lastActive: new Date(2_000),
      })
    })
  },

  listChannels(db: GetDatabase) {
    it('pages through all channels in both orders, each once', async () => {
      for (const n of [1, 2, 3, 4, 5]) await db().upsertChannel({ channelId: `lc-${n}` })
      for (const order of ['asc', 'desc'] as const) {
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = await db().listChannels({ limit: 2, order, cursor })
          seen.push(...page.items.map((channel) => channel.channelId))
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        const ours = seen.filter((id) => id.startsWith('lc-'))
        const ascending = ['lc-1', 'lc-2', 'lc-3', 'lc-4', 'lc-5']
        expect(ours).toEqual(order === 'asc' ? ascending : ascending.toReversed())
        expect(new Set(seen).size).toBe(seen.length)
      }
    })
  },

  deleteChannel(db: GetDatabase) {
    it('takes messages, segments, members and embeddings along, and counts stay right', async () => {
      await db().addMessages([
        message('dc-1', { channelId: 'dc-gone', userId: 'dc-user' }),
        message('dc-2', { channelId: 'dc-stays', userId: 'dc-user' }),
      ])
      await db().createSegmentWithMessages({
        segmentId: 'dc-s',
        channelId: 'dc-gone',
        startTime: 0,
        endTime: 1,
        messages: ['dc-1'],
      })
      await db().storeEmbeddings([
        { ownerType: 'message', ownerId: 'dc-1', model: 'dc', vector: [1] },
        { ownerType: 'segment', ownerId: 'dc-s', model: 'dc', vector: [1] },
      ])
      expect(await db().deleteChannel('dc-gone')).toBe(true)
      expect(await db().getChannel('dc-gone')).toBeUndefined()
      expect(await db().getMessagesByIds(['dc-1', 'dc-2'])).toHaveLength(1)
      expect(await db().getConversationSegment('dc-s')).toBeUndefined()
      expect(await db().getEmbeddings({ ownerType: 'message', ownerIds: ['dc-1'] })).toEqual([])
      expect(await db().getEmbeddings({ ownerType: 'segment', ownerIds: ['dc-s'] })).toEqual([])
      expect(await db().users.getUser('dc-user')).toMatchObject({ messageCount: 1 })
    })

    it('tells whether there was one', async () => {
      expect(await db().deleteChannel('dc-none')).toBe(false)
    })

    it('refuses an empty id', () =>
      expectError(db().deleteChannel(''), 'INVALID_ARGUMENT', { field: 'channelId' }))
  },
}
