import type { JsonObject, RetentionReport } from 'convodb'
import { expect, it } from 'vitest'
import { maxIdLength } from '../../src/protocol/limits.js'
import { emptyLog, expectError, message } from '../support/databases.js'
import { skipUnlessSqlite } from './sqlite-sql.js'
import type { GetDatabase } from './contract.js'

const pinned = { metadata: { pinned: true } }

export const forgettingCases = {
  forgetUser(db: GetDatabase) {
    it.each(['fl', '💬'.repeat(maxIdLength / 2)])('leaves whatever else has the same id: %s', async (id) => {
      await db().storeMessage(message(id, { channelId: id, userId: id }))
      await db().storeMessage(
        message(`${id.slice(2)}-`, { channelId: id, replyToMessageId: id, messageType: id }),
      )
      await db().addReaction({ messageId: `${id.slice(2)}-`, userId: 'fl-ada', reaction: id })
      expect(await db().forgetUser(id)).toMatchObject({ messages: 1 })
      const { items } = await db().getMessages({ channelId: id })
      expect(items).toMatchObject([{ channelId: id, replyToMessageId: id, messageType: id }])
      expect((await db().getReactions({ messageId: `${id.slice(2)}-` })).items).toMatchObject([
        { reaction: id },
      ])
      expect(await db().getChannel(id)).toMatchObject({ channelId: id, messageCount: 1 })
      expect(await db().deleteMessages([`${id.slice(2)}-`])).toBe(1)
      expect((await db().getMessages({ channelId: id })).items).toEqual([])
      await db().forgetUser({ userId: id, mayReturn: true })
      await db().deleteChannel(id)
    })

    it('takes everything of a user away, tells how much, and leaves the others’ as it was', async () => {
      await db().addMessages(
        ['fu-1', 'fu-2', 'fu-3'].map((id) => message(id, { channelId: 'fu', userId: 'fu-ada' })),
      )
      await db().storeMessage(
        message('fu-4', { channelId: 'fu', userId: 'fu-grace', replyToMessageId: 'fu-1' }),
      )
      await db().users.upsertUser({ userId: 'fu-ada', displayName: 'Zoë' })
      await db().users.updateProfile({ userId: 'fu-ada', profile: { likes: 'tea' } })
      const segment = { segmentId: 'fu-s', channelId: 'fu', startTime: 0, endTime: 9 }
      await db().createSegmentWithMessages({ ...segment, messages: ['fu-1', 'fu-4'] })
      await db().storeEmbeddings([
        { ownerType: 'message', ownerId: 'fu-1', model: 'fu', vector: [1] },
        { ownerType: 'message', ownerId: 'fu-4', model: 'fu', vector: [1] },
      ])

      const receipt = await db().forgetUser('fu-ada')
      expect(receipt).toMatchObject({
        userId: 'fu-ada',
        wasKnown: true,
        messages: 3,
        embeddings: 1,
        segmentMemberships: 1,
        profiles: 1,
        searchEntries: 3,
      })
      expect(receipt.forgottenAt).toBeInstanceOf(Date)
      expect(await db().users.getUser('fu-ada')).toBeUndefined()
      expect(await db().users.getProfile('fu-ada')).toBeUndefined()
      expect((await db().users.searchByDisplayName('zoë')).items).toEqual([])
      const { items } = await db().getMessages({ channelId: 'fu' })
      expect(items.map(({ messageId }) => messageId)).toEqual(['fu-4'])
      expect(await db().getChannel('fu')).toMatchObject({ messageCount: 1 })
      expect(await db().users.getUser('fu-grace')).toMatchObject({ messageCount: 1 })
      expect(await db().getConversationSegment('fu-s')).toMatchObject({ messageCount: 1 })
      expect(await db().getEmbeddings({ ownerType: 'message', ownerIds: ['fu-1', 'fu-4'] })).toHaveLength(1)
    })

    it('finds messages of all times, merged and recent, and those that came to the user by a change', async () => {
      for (let n = 0; n < 5; n += 1) {
        const ids = Array.from({ length: 4_000 }, (_, index) => `fm-${n}-${index}`)
        await db().addMessages(ids.map((id, index) => message(id, { userId: `fm-${index % 40}` })))
      }
      await db().storeMessage(message('fm-0-1', { userId: 'fm-0' }))
      await db().storeMessage(message('fm-4-1', { userId: 'fm-0' }))
      expect(await db().forgetUser('fm-0')).toMatchObject({ messages: 502 })
      expect(await db().users.getUser('fm-1')).toMatchObject({ messageCount: 498 })
    })

    it('keeps the user away until they may return', async () => {
      expect(await db().forgetUser('ft')).toMatchObject({ wasKnown: false, messages: 0 })
      const late = message('ft-1', { channelId: 'ft', userId: 'ft' })
      expect(await db().storeMessage(late)).toEqual({ messageId: 'ft-1', outcome: 'ignored' })
      const others = message('ft-2', { channelId: 'ft', userId: 'ft-other' })
      expect(await db().addMessages([late, others])).toEqual({ inserted: 1, updated: 0, ignored: 1 })
      await expectError(db().users.upsertUser({ userId: 'ft' }), 'USER_FORGOTTEN', { userId: 'ft' })
      await expectError(db().users.recordActivity({ userId: 'ft' }), 'USER_FORGOTTEN')
      await expectError(db().users.updateProfile({ userId: 'ft', profile: {} }), 'USER_FORGOTTEN')
      expect(await db().users.getUser('ft')).toBeUndefined()
      expect(await db().countMessages({ channelId: 'ft' })).toBe(1)

      await db().forgetUser({ userId: 'ft', mayReturn: true })
      expect(await db().storeMessage(late)).toMatchObject({ outcome: 'inserted' })
      expect(await db().users.getUser('ft')).toMatchObject({ messageCount: 1 })
    })

    it('takes a message to a user who was forgotten for one that stays with whom it was', async () => {
      await db().storeMessage(message('fg-1', { userId: 'fg' }))
      await db().forgetUser('fg-gone')
      expect(await db().storeMessage(message('fg-1', { userId: 'fg-gone' }))).toMatchObject({
        outcome: 'ignored',
      })
      expect(await db().getMessagesByIds(['fg-1'])).toMatchObject([{ userId: 'fg' }])
    })
  },

  deleteExpiredMessages(db: GetDatabase) {
    it('is what applyRetention does in slices: old messages go with all that hangs on them', async () => {
      const rows = Array.from({ length: 3_000 }, (_, n) =>
        message(`ar-${n}`, { channelId: `ar-${n % 3}`, userId: 'ar', timestamp: n }),
      )
      await db().addMessages(rows)
      const segment = { segmentId: 'ar-s', channelId: 'ar-0', startTime: 0, endTime: 9 }
      await db().createSegmentWithMessages({ ...segment, messages: ['ar-0', 'ar-2997'] })
      const reports: RetentionReport[] = []
      const onProgress = (report: RetentionReport): void => void reports.push(report)
      const report = await db().applyRetention({ olderThan: 1_500, channelId: 'ar-0', onProgress })
      expect(report.deletedMessages).toBe(500)
      expect(reports.at(-1)).toEqual(report)
      expect(await db().countMessages({ channelId: 'ar-0' })).toBe(500)
      expect(await db().countMessages({ channelId: 'ar-1' })).toBe(1_000)
      expect(await db().users.getUser('ar')).toMatchObject({ messageCount: 2_500 })
      expect(await db().getSegmentMessageIds(['ar-s'])).toEqual([
        { segmentId: 'ar-s', messageIds: ['ar-2997'] },
      ])
      expect(await db().applyRetention({ olderThan: 1_500, channelId: 'ar-0' })).toMatchObject({
        deletedMessages: 0,
      })
    })

    it('spares pinned messages where it is asked to', async () => {
      await db().addMessages([
        message('ap-1', { channelId: 'ap', timestamp: 1, ...pinned }),
        message('ap-2', { channelId: 'ap', timestamp: 1 }),
        message('ap-3', { channelId: 'ap', timestamp: 1, metadata: { pinned: false } }),
        message('ap-4', { channelId: 'ap', timestamp: 1, ...pinned }),
        message('ap-5', { channelId: 'ap', timestamp: 2 }),
      ])
      const retention = { olderThan: 2, channelId: 'ap' }
      await db().applyRetention({ ...retention, keepPinned: true })
      const left = (await db().getMessages({ channelId: 'ap', order: 'asc' })).items
      expect(left.map(({ messageId }) => messageId)).toEqual(['ap-1', 'ap-4', 'ap-5'])
      expect(await db().applyRetention(retention)).toMatchObject({ deletedMessages: 2 })
    })

    it('spares what says "pinned": true and nothing else, in deleting and counting alike', async () => {
      const metadata: { readonly [name: string]: JsonObject | null } = {
        true: { pinned: true },
        'among others': { a: { pinned: false }, pinned: true, z: [1] },
        one: { pinned: 1 },
        text: { pinned: 'true' },
        list: { pinned: [true] },
        object: { pinned: { pinned: true } },
        null: { pinned: null },
        nested: { a: { pinned: true } },
        'behind a NUL': { 'pinned\0': true, 'pinned\0x': true },
        case: { Pinned: true },
        none: null,
      }
      const rows = Object.entries(metadata).map(([name, value], index) =>
        message(`an-${name}`, { channelId: 'an', timestamp: 5_000_000 + index, metadata: value }),
      )
      await db().addMessages(rows)
      const retention = { olderThan: 6_000_000, channelId: 'an', keepPinned: true }
      const expired = { deletedMessages: rows.length - 2 }
      expect(await db().applyRetention({ ...retention, dryRun: true })).toMatchObject(expired)
      await db().withConnection(() => undefined, { mode: 'write' })
      expect(await db().applyRetention({ ...retention, dryRun: true })).toMatchObject(expired)
      expect(await db().applyRetention(retention)).toMatchObject(expired)
      const left = (await db().getMessages({ channelId: 'an', order: 'asc' })).items
      expect(left.map(({ messageId }) => messageId)).toEqual(['an-true', 'an-among others'])
    })

    it('stops between two slices when it is aborted, and says what was done', async () => {
      const rows = Array.from({ length: 6_000 }, (_, n) =>
        message(`aa-${n}`, { channelId: 'aa', timestamp: n }),
      )
      await db().addMessages(rows)
      const controller = new AbortController()
      const retention = { olderThan: 6_000, channelId: 'aa', onProgress: () => controller.abort() }
      await expectError(db().applyRetention(retention, { signal: controller.signal }), 'ABORTED', {
        deletedMessages: expect.toSatisfy((count: number) => count > 0),
      })
      await db().applyRetention({ olderThan: 6_000, channelId: 'aa' })
      expect(await db().countMessages({ channelId: 'aa' })).toBe(0)
    })

    it('refuses what is no retention', async () => {
      await expectError(db().applyRetention(JSON.parse('{}')), 'INVALID_ARGUMENT', { field: 'olderThan' })
      await expectError(db().applyRetention(JSON.parse('{"olderThan":1,"all":true}')), 'INVALID_ARGUMENT')
      const slice = db().execute('deleteExpiredMessages', { olderThan: 1, cursor: 'nonsense' })
      await expectError(slice, 'INVALID_ARGUMENT', { field: 'cursor' })
    })
  },

  countExpiredMessages(db: GetDatabase) {
    it('is the dry run: counts merged and unindexed ones, pinned or not, and deletes nothing', async () => {
      const row = (n: number, fields = {}) =>
        message(`ce-${n}`, { channelId: 'ce', timestamp: n - 3_000_000_000_000, ...fields })
      await db().addMessages([row(1), row(2, pinned)])
      await db().withConnection(() => undefined, { mode: 'write' })
      await db().addMessages([row(3), row(4, pinned), row(9)])
      const retention = { olderThan: 9 - 3_000_000_000_000, dryRun: true }
      for (const where of [{ channelId: 'ce' }, {}]) {
        expect(await db().applyRetention({ ...retention, ...where })).toMatchObject({ deletedMessages: 4 })
        const spared = await db().applyRetention({ ...retention, ...where, keepPinned: true })
        expect(spared).toEqual({ deletedMessages: 2, releasedBytes: 0 })
      }
      expect(await db().countMessages({ channelId: 'ce' })).toBe(5)
    })
  },

  releaseSpace(db: GetDatabase) {
    it('is the end of applyRetention: gives space back to the file system', async (context) => {
      skipUnlessSqlite(db, context, 'PostgreSQL keeps the room for what is stored next')
      const rows = Array.from({ length: 2_000 }, (_, n) =>
        message(`rs-${n}`, { channelId: 'rs', content: 'x'.repeat(2_000), timestamp: n }),
      )
      await db().addMessages(rows)
      await emptyLog(db())
      const before = await db().stats()
      const { releasedBytes } = await db().applyRetention({ olderThan: 2_000, channelId: 'rs' })
      expect(releasedBytes).toBeGreaterThan(3_000_000)
      await emptyLog(db())
      const after = await db().stats()
      expect(before.fileBytes - after.fileBytes).toBeGreaterThan(3_000_000)
    })
  },
}
