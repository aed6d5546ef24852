import { expect, it } from 'vitest'
import { maxIdLength } from '../../src/protocol/limits.js'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const thumb = (messageId: string, userId: string, reaction = '👍') => ({ messageId, userId, reaction })

/** What stands of a message's reactions, in their order. */
const standing = async (db: GetDatabase, messageId: string): Promise<string[]> =>
  (await db().getReactions({ messageId })).items.map(({ userId, reaction }) => `${userId} ${reaction}`)

/** An id of three bytes a character, of which no index makes less. */
const manyBytes = (length: number): string =>
  String.fromCharCode(...Array.from({ length }, (_, n) => 0x4e00 + ((n * 7_919) % 20_000)))

/** The database under test keeps history. */
export const historyCases = {
  addReaction(db: GetDatabase) {
    it('is shown once, however often it is added, in the order in which reactions came', async () => {
      await db().storeMessage(message('ar', { channelId: 'ar', userId: 'ar-ada' }))
      expect(await db().addReaction({ ...thumb('ar', 'ar-new'), reactedAt: 5 })).toBe(1)
      expect(await db().addReaction({ ...thumb('ar', 'ar-new'), reactedAt: 9 })).toBe(0)
      const others = ['🎉', 'a/b%c', 'x'.repeat(maxIdLength), '"\\'].map((reaction) =>
        db().addReaction(thumb('ar', 'ar-ada', reaction)),
      )
      expect(await Promise.all(others)).toEqual([1, 1, 1, 1])
      expect(await standing(db, 'ar')).toEqual([
        'ar-new 👍',
        'ar-ada 🎉',
        'ar-ada a/b%c',
        `ar-ada ${'x'.repeat(maxIdLength)}`,
        'ar-ada "\\',
      ])
      const [first] = (await db().getReactions({ messageId: 'ar', limit: 1 })).items
      expect(first).toEqual({ ...thumb('ar', 'ar-new'), reactedAt: new Date(5), removedAt: null })
      // Whoever reacts is known from then on; it is no activity.
      expect(await db().getUser('ar-new')).toMatchObject({ lastActive: null, messageCount: 0 })
    })

    it('refuses a message that is not there, a user who was forgotten and a reaction without a character', async () => {
      await expectError(db().addReaction(thumb('ar-none', 'ar-ada')), 'NOT_FOUND', { messageId: 'ar-none' })
      await db().storeMessage(message('af', { channelId: 'ar' }))
      await db().forgetUser('af-gone')
      await expectError(db().addReaction(thumb('af', 'af-gone')), 'USER_FORGOTTEN')
      for (const reaction of ['', 'x'.repeat(maxIdLength + 1)])
        await expectError(db().addReaction(thumb('af', 'u', reaction)), 'INVALID_ARGUMENT', {
          field: 'reaction',
        })
      expect(await standing(db, 'af')).toEqual([])
    })

    it('of many at once counts each user once', async () => {
      await db().storeMessage(message('am', { channelId: 'ar' }))
      const added = await Promise.all(
        Array.from({ length: 100 }, (_, n) => db().addReaction(thumb('am', `am-${n % 25}`))),
      )
      expect(added.filter((count) => count === 1)).toHaveLength(25)
      expect(await standing(db, 'am')).toHaveLength(25)
    })
  },

  deleteReaction(db: GetDatabase) {
    it('takes one back, which may come again, and leaves the others', async () => {
      await db().storeMessage(message('dr', { channelId: 'dr' }))
      await db().addReaction(thumb('dr', 'dr-ada'))
      await db().addReaction(thumb('dr', 'dr-bob'))
      expect(await db().deleteReaction(thumb('dr', 'dr-ada'))).toBe(1)
      expect(await db().deleteReaction(thumb('dr', 'dr-ada'))).toBe(0)
      expect(await standing(db, 'dr')).toEqual(['dr-bob 👍'])
      expect(await db().addReaction(thumb('dr', 'dr-ada'))).toBe(1)
      expect(await standing(db, 'dr')).toEqual(['dr-bob 👍', 'dr-ada 👍'])
      expect(await db().deleteReaction(thumb('dr-none', 'dr-ada'))).toBe(0)
      expect(await db().deleteReaction(thumb('dr', 'dr-nobody'))).toBe(0)
    })
  },

  getReactions(db: GetDatabase) {
    it('gives pages, and what was taken back on request', async () => {
      await db().storeMessage(message('gr', { channelId: 'gr' }))
      for (let n = 0; n < 7; n += 1) await db().addReaction({ ...thumb('gr', `gr-${n}`), reactedAt: n })
      await db().deleteReaction(thumb('gr', 'gr-3'))
      const pageThrough = async (withRemoved: boolean): Promise<string[]> => {
        const users: string[] = []
        let cursor: string | undefined
        do {
          const page = await db().getReactions({ messageId: 'gr', withRemoved, limit: 2, cursor })
          users.push(
            ...page.items.map(({ userId, removedAt }) => `${userId}${removedAt === null ? '' : '-'}`),
          )
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        return users
      }
      expect(await pageThrough(false)).toEqual(['gr-0', 'gr-1', 'gr-2', 'gr-4', 'gr-5', 'gr-6'])
      expect(await pageThrough(true)).toEqual(['gr-0', 'gr-1', 'gr-2', 'gr-3-', 'gr-4', 'gr-5', 'gr-6'])
      const removed = (await db().getReactions({ messageId: 'gr', withRemoved: true })).items[3]
      expect(removed?.removedAt).toBeInstanceOf(Date)
      expect(await db().getReactions({ messageId: 'gr-none' })).toEqual({ items: [], nextCursor: null })
    })

    it('goes with the message, and with the user who is forgotten', async () => {
      await db().addMessages(['gf-1', 'gf-2'].map((id) => message(id, { channelId: 'gf', userId: 'gf-ada' })))
      await db().addReaction(thumb('gf-1', 'gf-bob'))
      await db().addReaction(thumb('gf-2', 'gf-bob'))
      await db().addReaction(thumb('gf-2', 'gf-eve'))
      await db().deleteReaction(thumb('gf-2', 'gf-bob'))
      await db().deleteMessages(['gf-1'])
      await db().storeMessage(message('gf-1', { channelId: 'gf', userId: 'gf-ada' }))
      expect(await standing(db, 'gf-1')).toEqual([])
      expect(await db().forgetUser('gf-bob')).toMatchObject({ wasKnown: true, messages: 0, reactions: 1 })
      const { items } = await db().getReactions({ messageId: 'gf-2', withRemoved: true })
      expect(items.map(({ userId }) => userId)).toEqual(['gf-eve'])
      await db().deleteChannel('gf')
      expect(await standing(db, 'gf-2')).toEqual([])
    })

    it('goes with the message to another channel, and is still found there, however long its ids are', async () => {
      const id = manyBytes(maxIdLength)
      await db().storeMessage(message('gc', { channelId: 'gc-1' }))
      await db().addReaction(thumb('gc', id, id))
      await db().storeMessage(message('gc', { channelId: 'gc-2' }))
      expect(await standing(db, 'gc')).toEqual([`${id} ${id}`])
      expect(await db().addReaction(thumb('gc', id, id))).toBe(0)
      expect(await db().forgetUser({ userId: id, mayReturn: true })).toMatchObject({ reactions: 1 })
      expect(await standing(db, 'gc')).toEqual([])
    })
  },

  getMessageHistory(db: GetDatabase) {
    it('has every text that an edit replaced, by whatever call, the latest first', async () => {
      const first = message('gh', { channelId: 'gh', content: 'one', timestamp: 1 })
      await db().storeMessage(first)
      await db().updateMessage({ messageId: 'gh', content: 'two', editedAt: 20 })
      await db().updateMessage({ messageId: 'gh', metadata: { a: 1 } })
      await db().storeMessage({ ...first, content: 'three', editedAt: 30 })
      await db().addMessages([{ ...first, content: 'three', editedAt: 31 }])
      await db().addMessages([{ ...first, content: 'x'.repeat(100_000) }])
      await db().storeMessage({ ...first, content: 'ignored', onConflict: 'ignore' })
      const { items, nextCursor } = await db().getMessageHistory({ messageId: 'gh' })
      const replacedAt = expect.any(Date)
      expect(items).toEqual([
        { messageId: 'gh', content: 'three', editedAt: new Date(31), replacedAt },
        { messageId: 'gh', content: 'two', editedAt: new Date(20), replacedAt },
        { messageId: 'gh', content: 'one', editedAt: null, replacedAt },
      ])
      expect(nextCursor).toBeNull()
      await db().updateMessage({ messageId: 'gh', content: 'four' })
      const page = await db().getMessageHistory({ messageId: 'gh', limit: 1 })
      expect(page.items.map(({ content }) => content.length)).toEqual([100_000])
      const next = await db().getMessageHistory({ messageId: 'gh', limit: 1, cursor: page.nextCursor ?? '' })
      expect(next.items).toEqual(items.slice(0, 1))
      expect((await db().getMessageHistory({ messageId: 'gh-none' })).items).toEqual([])
    })

    it('has them in whichever channel the message is', async () => {
      const calls = ['one', 'two', 'two', 'three'].map((content, n) =>
        db().storeMessage(message('gm', { channelId: `gm-${n}`, content })),
      )
      await Promise.all(calls)
      const { items } = await db().getMessageHistory({ messageId: 'gm' })
      expect(items.map(({ content }) => content)).toEqual(['two', 'one'])
    })

    it('is rolled back with the edit, and goes with the message', async () => {
      await db().storeMessage(message('gb', { channelId: 'gh', content: 'one' }))
      const failed = db().transaction(async (transaction) => {
        await transaction.updateMessage({ messageId: 'gb', content: 'two' })
        expect((await transaction.getMessageHistory({ messageId: 'gb' })).items).toHaveLength(1)
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
      expect((await db().getMessageHistory({ messageId: 'gb' })).items).toEqual([])
      await db().updateMessage({ messageId: 'gb', content: 'three' })
      await db().deleteMessages(['gb'])
      await db().storeMessage(message('gb', { channelId: 'gh' }))
      expect((await db().getMessageHistory({ messageId: 'gb' })).items).toEqual([])
    })
  },

  deleteMessageHistory(db: GetDatabase) {
    it('leaves the message as it is, and nothing of what it was', async () => {
      await db().storeMessage(message('dh', { channelId: 'dh', content: 'one' }))
      await db().updateMessage({ messageId: 'dh', content: 'two' })
      await db().addReaction(thumb('dh', 'dh-ada'))
      await db().addReaction(thumb('dh', 'dh-bob'))
      await db().deleteReaction(thumb('dh', 'dh-bob'))
      expect(await db().deleteMessageHistory('dh')).toBe(2)
      expect(await db().deleteMessageHistory({ messageId: 'dh' })).toBe(0)
      expect(await db().deleteMessageHistory('dh-none')).toBe(0)
      expect((await db().getMessageHistory({ messageId: 'dh' })).items).toEqual([])
      const { items } = await db().getReactions({ messageId: 'dh', withRemoved: true })
      expect(items.map(({ userId }) => userId)).toEqual(['dh-ada'])
      expect(await db().getMessage('dh')).toMatchObject({ content: 'two' })
    })
  },
}
