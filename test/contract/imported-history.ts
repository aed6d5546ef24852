import { expect, it } from 'vitest'
import { brief, changesBehind, presentEnd } from '../support/changes.js'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

/** The database under test keeps history. */
export const importedHistoryCases = {
  importReactions(db: GetDatabase) {
    it('takes those of an export, in their order, and the same ones again once', async () => {
      await db().storeMessage(message('im-r', { channelId: 'im-r' }))
      const reactions = [
        { ownerId: 'im-r', userId: 'im-r-ada', reaction: '👍', reactedAt: 1, removedAt: 2 },
        { ownerId: 'im-r', userId: 'im-r-ada', reaction: '👍', reactedAt: 3 },
      ]
      expect(await db().execute('importReactions', { reactions })).toBe(2)
      expect(await db().execute('importReactions', { reactions })).toBe(0)
      const { items } = await db().getReactions({ messageId: 'im-r', withRemoved: true })
      expect(items.map(({ removedAt }) => removedAt?.getTime())).toEqual([2, undefined])
      const unknown = [{ ownerId: 'im-r-none', userId: 'u', reaction: 'x', reactedAt: 1 }]
      await expectError(db().execute('importReactions', { reactions: unknown }), 'NOT_FOUND')
    })

    it('ends the one that is there where it was taken back since, and no later one', async () => {
      await db().storeMessage(message('im-e', { channelId: 'im-e' }))
      const one = { ownerId: 'im-e', userId: 'im-e-ada', reaction: '👍', reactedAt: 1 }
      const other = { ...one, userId: 'im-e-eve', reactedAt: 9 }
      await db().execute('importReactions', { reactions: [one, other] })
      const start = await presentEnd(db())
      const reactions = [
        { ...one, removedAt: 2 },
        { ...other, reactedAt: 3, removedAt: 4 },
      ]
      expect(await db().execute('importReactions', { reactions })).toBe(2)
      expect(await db().execute('importReactions', { reactions })).toBe(0)
      expect((await changesBehind(db(), start)).map(brief)).toEqual(['messageUpdated im-e'])
      const now = await db().getReactions({ messageId: 'im-e' })
      expect(now.items.map(({ userId }) => userId)).toEqual(['im-e-eve'])
      const all = await db().getReactions({ messageId: 'im-e', withRemoved: true })
      expect(all.items.map(({ removedAt }) => removedAt?.getTime())).toEqual([2, undefined, 4])
    })

    it('takes the place of an earlier one that was not kept when it was taken back', async () => {
      await db().storeMessage(message('im-n', { channelId: 'im-e' }))
      const one = { ownerId: 'im-n', userId: 'im-n-ada', reaction: '👍', reactedAt: 1 }
      const other = { ...one, userId: 'im-n-eve' }
      await db().execute('importReactions', { reactions: [one, other] })
      const reactions = [
        { ...one, reactedAt: 3 },
        { ...other, reactedAt: 3, removedAt: 4 },
      ]
      expect(await db().execute('importReactions', { reactions })).toBe(2)
      expect(await db().execute('importReactions', { reactions })).toBe(0)
      const { items } = await db().getReactions({ messageId: 'im-n', withRemoved: true })
      const told = items.map(({ reactedAt, removedAt }) => [reactedAt.getTime(), removedAt?.getTime()])
      expect(told).toEqual([
        [3, undefined],
        [3, 4],
      ])
    })

    it('brings no user back who was deleted', async () => {
      await db().storeMessage(message('im-b', { channelId: 'im-c' }))
      await db().users.upsertUser({ userId: 'im-b-ada' })
      await db().users.deleteUser('im-b-ada')
      const reactions = [{ ownerId: 'im-b', userId: 'im-b-ada', reaction: '👍', reactedAt: 1 }]
      expect(await db().execute('importReactions', { reactions })).toBe(1)
      expect(await db().users.getUser('im-b-ada')).toBeUndefined()
    })

    it('changes the messages whose reactions are others then, as forgetting who reacted does', async () => {
      await db().addMessages(['im-c', 'im-d'].map((id) => message(id, { channelId: 'im-c' })))
      const reactions = [
        { ownerId: 'im-c', userId: 'im-c-ada', reaction: '👍', reactedAt: 1, removedAt: 2 },
        { ownerId: 'im-c', userId: 'im-c-ada', reaction: '👍', reactedAt: 3 },
        { ownerId: 'im-d', userId: 'im-c-ada', reaction: '👍', reactedAt: 3 },
      ]
      const start = await presentEnd(db())
      await db().execute('importReactions', { reactions })
      const imported = await presentEnd(db())
      await db().forgetUser({ userId: 'im-c-ada', mayReturn: true })
      const updated = ['messageUpdated im-c', 'messageUpdated im-d']
      const told = (await changesBehind(db(), start)).map(brief)
      expect(told).toEqual([...updated, 'userForgotten', ...updated])
      expect((await changesBehind(db(), imported)).map(brief)).toEqual(['userForgotten', ...updated])
    })
  },

  importMessageVersions(db: GetDatabase) {
    it('takes those of an export, in their order, and the same ones again once', async () => {
      await db().storeMessage(message('im-v', { channelId: 'im-v', content: 'three' }))
      const versions = [
        { ownerId: 'im-v', content: 'one', replacedAt: 5 },
        { ownerId: 'im-v', content: 'two', editedAt: 5, replacedAt: 6 },
      ]
      expect(await db().execute('importMessageVersions', { versions })).toBe(2)
      expect(await db().execute('importMessageVersions', { versions })).toBe(0)
      const { items } = await db().getMessageHistory({ messageId: 'im-v' })
      expect(items.map(({ content }) => content)).toEqual(['two', 'one'])
    })

    it('gives its own time to a text that the import of its message has just replaced here', async () => {
      const now = message('im-w', { channelId: 'im-v', content: 'three', editedAt: 6 })
      await db().addMessages([{ ...now, content: 'one', editedAt: null }, now])
      const versions = [
        { ownerId: 'im-w', content: 'one', replacedAt: 5 },
        { ownerId: 'im-w', content: 'two', editedAt: 5, replacedAt: 6 },
      ]
      expect(await db().execute('importMessageVersions', { versions })).toBe(2)
      expect(await db().execute('importMessageVersions', { versions })).toBe(0)
      const { items } = await db().getMessageHistory({ messageId: 'im-w' })
      const told = items.map(({ content, replacedAt }) => [content, replacedAt.getTime()])
      expect(told).toEqual([
        ['two', 6],
        ['one', 5],
      ])
    })
  },
}
