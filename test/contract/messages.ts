import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'
import { pagingCases } from './paging.js'

export const messageCases = {
  storeMessage(db: GetDatabase) {
    it('stores a message and brings its channel and user into being', async () => {
      const timestamp = new Date('2024-05-06T07:08:09.010Z')
      const stored = await db().storeMessage({
        messageId: 'sm-1',
        channelId: 'sm-c',
        userId: 'sm-u',
        content: 'hello',
        timestamp,
        messageType: 'reply',
        replyToMessageId: 'sm-0',
        metadata: { reactions: ['👍'] },
      })
      expect(stored).toEqual({ messageId: 'sm-1', outcome: 'inserted' })
      expect(await db().getMessagesByIds(['sm-1'])).toEqual([
        {
          messageId: 'sm-1',
          channelId: 'sm-c',
          userId: 'sm-u',
          content: 'hello',
          timestamp,
          messageType: 'reply',
          replyToMessageId: 'sm-0',
          editedAt: null,
          metadata: { reactions: ['👍'] },
        },
      ])
      expect(await db().getChannel('sm-c')).toMatchObject({ messageCount: 1, lastActive: timestamp })
      expect(await db().users.getUser('sm-u')).toMatchObject({ messageCount: 1, firstSeen: timestamp })
    })

    it('stored again, changes in place: membership, embeddings and counters survive', async () => {
      await db().storeMessage(message('sm-again', { channelId: 'sm-again' }))
      await db().createSegmentWithMessages({
        segmentId: 'sm-seg',
        channelId: 'sm-again',
        startTime: 0,
        endTime: 1,
        messages: ['sm-again'],
      })
      await db().storeEmbeddings([{ ownerType: 'message', ownerId: 'sm-again', model: 'sm', vector: [1] }])
      expect(
        await db().storeMessage(message('sm-again', { channelId: 'sm-again', content: 'edited' })),
      ).toEqual({ messageId: 'sm-again', outcome: 'updated' })
      expect(await db().countMessages({ channelId: 'sm-again' })).toBe(1)
      expect(await db().getSegmentMessages('sm-seg')).toMatchObject([{ content: 'edited' }])
      expect(await db().getConversationSegment('sm-seg')).toMatchObject({ messageCount: 1 })
      expect(await db().getEmbeddings({ ownerType: 'message', ownerIds: ['sm-again'] })).toHaveLength(1)
    })

    it('ignores or refuses a taken id when asked to', async () => {
      await db().storeMessage(message('sm-taken', { content: 'first' }))
      const second = message('sm-taken', { content: 'second' })
      expect(await db().storeMessage({ ...second, onConflict: 'ignore' })).toMatchObject({
        outcome: 'ignored',
      })
      await expectError(db().storeMessage({ ...second, onConflict: 'error' }), 'ALREADY_EXISTS', {
        messageId: 'sm-taken',
      })
      expect(await db().getMessagesByIds(['sm-taken'])).toMatchObject([{ content: 'first' }])
    })

    it('ignored, brings no channel and no user into being', async () => {
      await db().storeMessage(message('sm-ignored'))
      const again = message('sm-ignored', { channelId: 'sm-nowhere', userId: 'sm-nobody' })
      await db().storeMessage({ ...again, onConflict: 'ignore' })
      await db().addMessages({ messages: [again], onConflict: 'ignore' })
      expect(await db().getChannel('sm-nowhere')).toBeUndefined()
      expect(await db().users.getUser('sm-nobody')).toBeUndefined()
    })

    it('moves to another channel and user with the counters, unless it is a segment’s member', async () => {
      await db().storeMessage(message('sm-move', { channelId: 'sm-from', userId: 'sm-from' }))
      await db().storeMessage(message('sm-move', { channelId: 'sm-to', userId: 'sm-to' }))
      expect(await db().getChannel('sm-from')).toMatchObject({ messageCount: 0 })
      expect(await db().getChannel('sm-to')).toMatchObject({ messageCount: 1 })
      expect(await db().users.getUsers(['sm-from', 'sm-to'])).toMatchObject([
        { messageCount: 0 },
        { messageCount: 1 },
      ])
      const segment = { segmentId: 'sm-move', channelId: 'sm-to', startTime: 0, endTime: 1 }
      await db().createSegmentWithMessages({ ...segment, messages: ['sm-move'] })
      await expectError(db().storeMessage(message('sm-move', { channelId: 'sm-from' })), 'CONFLICT')
    })
  },

  addMessages(db: GetDatabase) {
    it('stores a batch into a channel that does not exist yet', async () => {
      const messages = [1, 2, 3].map((n) => message(`am-${n}`, { channelId: 'am-new', timestamp: n }))
      expect(await db().addMessages(messages)).toEqual({ inserted: 3, updated: 0, ignored: 0 })
      expect(await db().countMessages({ channelId: 'am-new' })).toBe(3)
      expect(await db().addMessages({ messages, onConflict: 'ignore' })).toEqual({
        inserted: 0,
        updated: 0,
        ignored: 3,
      })
    })

    it('stores all or none', async () => {
      await db().storeMessage(message('am-taken'))
      const batch = { messages: [message('am-a'), message('am-taken')], onConflict: 'error' as const }
      await expectError(db().addMessages(batch), 'ALREADY_EXISTS')
      expect(await db().getMessagesByIds(['am-a'])).toEqual([])
    })

    it('takes an empty list', async () => {
      expect(await db().addMessages([])).toEqual({ inserted: 0, updated: 0, ignored: 0 })
    })

    it('names the field of the message that is wrong, and stores none', async () => {
      const messages = [message('am-x'), message('am-y', { timestamp: 'yesterday' })]
      await expectError(db().addMessages(messages), 'INVALID_ARGUMENT', { field: 'messages[1].timestamp' })
      expect(await db().getMessagesByIds(['am-x'])).toEqual([])
    })
  },

  getMessages: pagingCases,

  getMessage(db: GetDatabase) {
    it('finds what was stored, at once, and as it was changed', async () => {
      const timestamp = new Date('2024-05-06T07:08:09.010Z')
      await db().storeMessage(message('gm-1', { channelId: 'gm', timestamp, metadata: { a: [1] } }))
      const expected = { messageId: 'gm-1', channelId: 'gm', timestamp, metadata: { a: [1] }, editedAt: null }
      expect(await db().getMessage('gm-1')).toMatchObject(expected)
      expect(await db().getMessage({ messageId: 'gm-1' })).toEqual((await db().getMessagesByIds(['gm-1']))[0])
      await db().updateMessage({ messageId: 'gm-1', content: 'edited', metadata: null })
      expect(await db().getMessage('gm-1')).toMatchObject({ content: 'edited', metadata: null })
    })

    it('gives a long text as it is, and nothing for what is not there or no more', async () => {
      const content = 'long \u{1f600} '.repeat(60_000)
      await db().storeMessage(message('gm-long', { content, metadata: { text: content } }))
      const found = await db().getMessage('gm-long')
      expect(found?.content === content).toBe(true)
      expect(found?.metadata?.['text'] === content).toBe(true)
      await db().deleteMessages(['gm-long'])
      expect(await db().getMessage('gm-long')).toBeUndefined()
      expect(await db().getMessage('gm-none')).toBeUndefined()
    })
  },

  getMessagesByIds(db: GetDatabase) {
    it('keeps the order asked, repeats what is asked twice and leaves unknown ids out', async () => {
      await db().addMessages([message('by-1'), message('by-2'), message('by-\'quoted"')])
      const found = await db().getMessagesByIds(['by-2', 'by-none', 'by-\'quoted"', 'by-1', 'by-2'])
      expect(found.map(({ messageId }) => messageId)).toEqual(['by-2', 'by-\'quoted"', 'by-1', 'by-2'])
    })

    it('takes 100,000 ids and refuses more', async () => {
      const ids = Array.from({ length: 100_000 }, (_, n) => `by-many-${n}`)
      await db().addMessages(ids.slice(0, 500).map((id) => message(id, { channelId: 'by-many' })))
      const found = await db().getMessagesByIds(ids.toReversed())
      expect(found).toHaveLength(500)
      expect(found[0]?.messageId).toBe('by-many-499')
      await expectError(db().getMessagesByIds([...ids, 'one more']), 'INVALID_ARGUMENT', {
        field: 'messageIds',
      })
    })
  },

  getMessageContext(db: GetDatabase) {
    it('gives the neighbours in order, also among equal times', async () => {
      const times = [1, 2, 2, 2, 3]
      await db().addMessages(times.map((t, n) => message(`gx-${n}`, { channelId: 'gx', timestamp: t })))
      const context = await db().getMessageContext({ messageId: 'gx-2', before: 2, after: 1 })
      expect(context?.before.map(({ messageId }) => messageId)).toEqual(['gx-0', 'gx-1'])
      expect(context?.message.messageId).toBe('gx-2')
      expect(context?.after.map(({ messageId }) => messageId)).toEqual(['gx-3'])
      expect(await db().getMessageContext({ messageId: 'gx-0', before: 0, after: 0 })).toMatchObject({
        before: [],
        after: [],
      })
      expect(await db().getMessageContext({ messageId: 'gx-none' })).toBeUndefined()
    })
  },

  updateMessage(db: GetDatabase) {
    it('changes what is given, keeps the rest and notes the edit', async () => {
      await db().storeMessage(message('up-1', { replyToMessageId: 'up-0', metadata: { a: 1 } }))
      const updated = await db().updateMessage({ messageId: 'up-1', content: 'new', replyToMessageId: null })
      expect(updated).toMatchObject({ content: 'new', replyToMessageId: null, metadata: { a: 1 } })
      expect(updated.editedAt).toBeInstanceOf(Date)
      expect(await db().updateMessage({ messageId: 'up-1', editedAt: null })).toMatchObject({
        editedAt: null,
        content: 'new',
      })
    })

    it('moves the channel’s last activity forward with the time', async () => {
      await db().storeMessage(message('up-2', { channelId: 'up-time', timestamp: 5 }))
      await db().updateMessage({ messageId: 'up-2', timestamp: 9 })
      expect(await db().getChannel('up-time')).toMatchObject({ lastActive: new Date(9), messageCount: 1 })
      await db().updateMessage({ messageId: 'up-2', timestamp: 1 })
      expect(await db().getChannel('up-time')).toMatchObject({ lastActive: new Date(9), messageCount: 1 })
    })

    it('refuses an unknown message', () =>
      expectError(db().updateMessage({ messageId: 'up-none', content: '' }), 'NOT_FOUND', {
        messageId: 'up-none',
      }))
  },

  deleteMessages(db: GetDatabase) {
    it('takes embeddings, membership and counts along', async () => {
      await db().addMessages([1, 2].map((n) => message(`dm-${n}`, { channelId: 'dm', userId: 'dm' })))
      await db().createSegmentWithMessages({
        segmentId: 'dm-s',
        channelId: 'dm',
        startTime: 0,
        endTime: 1,
        messages: ['dm-1', 'dm-2'],
      })
      await db().storeEmbeddings([{ ownerType: 'message', ownerId: 'dm-1', model: 'dm', vector: [1] }])
      expect(await db().deleteMessages(['dm-1', 'dm-none', 'dm-1'])).toBe(1)
      expect(await db().countMessages({ channelId: 'dm' })).toBe(1)
      expect(await db().users.getUser('dm')).toMatchObject({ messageCount: 1 })
      expect(await db().getConversationSegment('dm-s')).toMatchObject({ messageCount: 1 })
      expect(await db().getEmbeddings({ ownerType: 'message', ownerIds: ['dm-1'] })).toEqual([])
    })
  },

  countMessages(db: GetDatabase) {
    it('counts all, one channel, a stretch of time; rows and not calls', async () => {
      const before = await db().countMessages()
      const rows = [1, 2, 3].map((n) => message(`cm-${n}`, { channelId: 'cm', timestamp: n - 1_000_000 }))
      await db().addMessages(rows)
      await db().addMessages(rows)
      expect(await db().countMessages({})).toBe(before + 3)
      expect(await db().countMessages({ channelId: 'cm' })).toBe(3)
      expect(await db().countMessages({ channelId: 'cm', after: -999_999, before: -999_997 })).toBe(1)
      expect(await db().countMessages({ before: -999_998 })).toBe(1)
      expect(await db().countMessages({ channelId: 'cm-none' })).toBe(0)
    })
  },
}
