import { createHash } from 'node:crypto'
import { operations, resultFromJson, toJsonForm } from 'convodb'
import { describe, expect, it } from 'vitest'
import { brief, changesBehind, presentEnd } from '../support/changes.js'
import { expectError, message } from '../support/databases.js'
import { leasesOfPostgres, skipUnlessSqlite } from './sqlite-sql.js'
import type { GetDatabase } from './contract.js'

export const changeCases = {
  listChanges(db: GetDatabase) {
    it('gives the present end without a cursor, and behind it what comes, in order and whole', async () => {
      const end = await db().listChanges()
      expect(end).toEqual({ items: [], nextCursor: expect.any(String), hasMore: false })
      await db().storeMessage(message('zlc-1', { channelId: 'zlc', metadata: { a: 1 } }))
      await db().storeMessage(message('zlc-2', { channelId: 'zlc', userId: 'zlc-new' }))
      const page = await db().listChanges({ after: end.nextCursor })
      const [first] = await db().getMessagesByIds(['zlc-1'])
      expect(page.items.map(brief)).toEqual(['messageStored zlc-1', 'messageStored zlc-2'])
      expect(page.items[0]).toEqual({
        kind: 'messageStored',
        cursor: expect.any(String),
        channelId: 'zlc',
        messageId: 'zlc-1',
        message: first,
      })
      expect(page.hasMore).toBe(false)
      expect(await db().listChanges({ after: page.nextCursor })).toEqual({ ...page, items: [] })
      expect(resultFromJson('listChanges', JSON.parse(JSON.stringify(toJsonForm(page))))).toEqual(page)
    })

    it('goes on from every cursor and every page, whatever its length, with the same changes', async () => {
      const start = await presentEnd(db())
      await db().storeMessage(message('zlp-0', { channelId: 'zlp' }))
      await db().upsertChannel({ channelId: 'zlp', name: 'one' })
      await db().addMessages(['zlp-1', 'zlp-2'].map((id) => message(id, { channelId: 'zlp' })))
      await db().updateMessage({ messageId: 'zlp-0', content: 'changed' })
      await db().upsertChannel({ channelId: 'zlp', name: 'two' })
      await db().storeMessage(message('zlp-3', { channelId: 'zlp' }))
      const all = await changesBehind(db(), start)
      expect(all.map(brief)).toEqual([
        'messageStored zlp-0',
        'channelUpdated zlp',
        'messageStored zlp-1',
        'messageStored zlp-2',
        'messageUpdated zlp-0',
        'channelUpdated zlp',
        'messageStored zlp-3',
      ])
      expect(await changesBehind(db(), start, { limit: 1 })).toEqual(all)
      expect(await changesBehind(db(), start, { limit: 3, channelId: 'zlp' })).toEqual(all)
      for (const [index, { cursor }] of all.entries()) {
        expect(await changesBehind(db(), cursor)).toEqual(all.slice(index + 1))
      }
    })

    it('tells of what was deleted, and of messages as they are by then', async () => {
      const start = await presentEnd(db())
      await db().addMessages(['zld-1', 'zld-2'].map((id) => message(id, { channelId: 'zld' })))
      await db().updateMessage({ messageId: 'zld-1', content: 'newest' })
      await db().updateMessage({ messageId: 'zld-2', content: 'newest' })
      await db().deleteMessages(['zld-2'])
      const changes = await changesBehind(db(), start)
      expect(changes.map(brief)).toEqual([
        'messageStored zld-1',
        'messageUpdated zld-1',
        'messageDeleted zld-2',
      ])
      expect(changes[0]).toMatchObject({ message: { content: 'newest' } })
      expect(changes[2]).toEqual({
        kind: 'messageDeleted',
        cursor: expect.any(String),
        channelId: 'zld',
        messageId: 'zld-2',
      })
    })

    it('makes one change of a channel’s deletion and of a user’s forgetting, with all that goes along', async () => {
      await db().addMessages(
        ['zlf-1', 'zlf-2'].map((id) => message(id, { channelId: 'zlf', userId: 'zlf-ada' })),
      )
      await db().addMessages(
        ['zlf-3', 'zlf-4'].map((id) => message(id, { channelId: 'zlf', userId: 'zlf-bob' })),
      )
      await db().createSegmentWithMessages({
        segmentId: 'zlf',
        channelId: 'zlf',
        startTime: 0,
        endTime: 1,
        messages: ['zlf-1', 'zlf-3'],
      })
      const start = await presentEnd(db())
      await db().users.upsertUser({ userId: 'zlf-ada', displayName: 'Ada' })
      await db().deleteMessages(['zlf-2'])
      await db().forgetUser('zlf-ada')
      const forgotten = await changesBehind(db(), start)
      expect(forgotten.map(brief)).toEqual(['userForgotten', 'segmentUpdated zlf'])
      const userHash = createHash('sha256').update('zlf-ada').digest('hex')
      expect(forgotten[0]).toEqual({ kind: 'userForgotten', cursor: expect.any(String), userHash })
      const behind = await presentEnd(db())
      await db().deleteChannel('zlf')
      const deleted = await changesBehind(db(), behind)
      expect(deleted).toEqual([{ kind: 'channelDeleted', cursor: expect.any(String), channelId: 'zlf' }])
    })

    it('tells nothing where nothing changed, and of each expired message', async () => {
      const rows = ['zle-1', 'zle-2'].map((id) => message(id, { channelId: 'zle', timestamp: 5 }))
      await db().addMessages(rows)
      const start = await presentEnd(db())
      await db().addMessages(rows)
      await db().deleteMessages(['zle-nothing'])
      await db().withConnection(() => undefined, { mode: 'write' })
      expect(await changesBehind(db(), start)).toEqual([])
      await db().applyRetention({ olderThan: 6, channelId: 'zle' })
      expect((await changesBehind(db(), start)).map(brief)).toEqual([
        'messageDeleted zle-1',
        'messageDeleted zle-2',
      ])
    })

    it('tells a channel’s own changes only, to the end of a file that is full of others', async () => {
      const start = await presentEnd(db())
      const others = Array.from({ length: 11_000 }, (_, n) => message(`zlo-${n}`, { channelId: 'zlo' }))
      await db().addMessages([
        message('zlx-1', { channelId: 'zlx' }),
        ...others,
        message('zlx-2', { channelId: 'zlx' }),
      ])
      await db().users.upsertUser({ userId: 'zlx' })
      await db().updateMessage({ messageId: 'zlx-1', content: 'changed' })
      const first = await db().listChanges({ after: start, channelId: 'zlx' })
      expect(first).toMatchObject({ items: [{ messageId: 'zlx-1' }], hasMore: true })
      const changes = await changesBehind(db(), start, { channelId: 'zlx' })
      expect(changes.map(brief)).toEqual([
        'messageStored zlx-1',
        'messageStored zlx-2',
        'messageUpdated zlx-1',
      ])
      expect(await changesBehind(db(), start, { channelId: 'zlx-none' })).toEqual([])
    })

    it('deletes a message from its channel when it goes to another one', async () => {
      await db().storeMessage(message('zlm-1', { channelId: 'zlm-a' }))
      const start = await presentEnd(db())
      await db().storeMessage(message('zlm-1', { channelId: 'zlm-b' }))
      const changes = await changesBehind(db(), start)
      expect(changes).toMatchObject([
        { kind: 'messageDeleted', channelId: 'zlm-a', messageId: 'zlm-1' },
        { kind: 'messageUpdated', channelId: 'zlm-b', messageId: 'zlm-1' },
      ])
      const left = await changesBehind(db(), start, { channelId: 'zlm-a' })
      expect(left).toEqual([changes[0]])
    })

    describe('tells no ids of messages any more when their user is forgotten', () => {
      const store = (userId: string, channelId = 'zlo') =>
        db().storeMessage(message('zlo-1', { channelId, userId }))
      const cases: Record<string, () => Promise<unknown>> = {
        'who got them when they went to another channel': async () => {
          for (const channelId of ['zlo-a', 'zlo-b']) await store('zlo', channelId)
          await store('zlo-gone', 'zlo-c')
          await db().forgetUser('zlo-gone')
        },
        'who got them in their channel': async () => {
          for (const channelId of ['zlo-a', 'zlo-b']) await store('zlo', channelId)
          await store('zlo-gone', 'zlo-b')
          await db().forgetUser('zlo-gone')
        },
        'who got them in the same turn': async () => {
          await store('zlo', 'zlo-a')
          await Promise.all([store('zlo', 'zlo-b'), store('zlo-gone', 'zlo-b')])
          await db().forgetUser('zlo-gone')
        },
        'who is forgotten in the turn in which they are deleted': async () => {
          await store('zlo-gone')
          await Promise.all([db().deleteMessages(['zlo-1']), db().forgetUser('zlo-gone')])
        },
        'who had them before others of the same ids came and went': async () => {
          await store('zlo-gone')
          await db().deleteMessages(['zlo-1'])
          for (const userId of ['zlo', 'zlo-other']) await store(userId)
          await db().forgetUser('zlo-gone')
        },
        'who is forgotten in the turn in which they came': async () => {
          for (const channelId of ['zlo-a', 'zlo-b']) await store('zlo', channelId)
          await Promise.all([store('zlo-gone', 'zlo-b'), db().forgetUser('zlo-gone')])
        },
      }
      it.each(Object.keys(cases))('%s', async (name) => {
        const start = await presentEnd(db())
        await cases[name]?.()
        const kinds = (await changesBehind(db(), start)).map(({ kind }) => kind)
        expect(kinds).toContain('userForgotten')
        expect(kinds).not.toContain('messageDeleted')
        await db().deleteMessages(['zlo-1'])
        await db().forgetUser({ userId: 'zlo-gone', mayReturn: true })
      })
    })

    it('counts SQL of a lease, and operations in a transaction, like any other; not what was rolled back', async (context) => {
      skipUnlessSqlite(db, context, leasesOfPostgres)
      const start = await presentEnd(db())
      await db().transaction(async (transaction) => {
        await transaction.storeMessage(message('zls-1', { channelId: 'zls', userId: 'zls' }))
        await transaction.run(`UPDATE channels SET name = 'by hand' WHERE channel_id = 'zls'`)
        await transaction.run(`UPDATE users SET display_name = 'By Hand' WHERE user_id = 'zls'`)
        await transaction.run(
          `INSERT INTO messages (message_id, channel_key, user_key, content, timestamp, message_type)
           SELECT 'zls-2', channel_key, user_key, 'by hand', 1, 'message' FROM messages WHERE message_id = 'zls-1'`,
        )
        await transaction.run(`UPDATE messages SET content = 'by hand' WHERE message_id = 'zls-1'`)
        await transaction.run(`DELETE FROM messages WHERE message_id = 'zls-2'`)
        await transaction.run(`INSERT INTO channels (channel_id, created_at) VALUES ('zls-sql', 0)`)
        await transaction.run(`INSERT INTO users (user_id, first_seen) VALUES ('zls-sql', 0)`)
        await transaction.run(`DELETE FROM users WHERE user_id = 'zls-sql'`)
      })
      const undone = db().transaction(async (transaction) => {
        await transaction.storeMessage(message('zls-3', { channelId: 'zls' }))
        await transaction.deleteMessages(['zls-1'])
        throw new Error('undone')
      })
      await expect(undone).rejects.toThrow('undone')
      await db().storeMessage(message('zls-4', { channelId: 'zls' }))
      expect((await changesBehind(db(), start)).map(brief)).toEqual([
        'messageStored zls-1',
        'channelUpdated zls',
        'userUpdated zls',
        'messageUpdated zls-1',
        'messageDeleted zls-2',
        'channelUpdated zls-sql',
        'userForgotten',
        'messageStored zls-4',
      ])
    })

    it('tells of members once a transaction, and of each transaction', async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `zlt-${n}`)
      await db().addMessages(ids.map((id) => message(id, { channelId: 'zlt' })))
      const start = await presentEnd(db())
      const segment = { segmentId: 'zlt', channelId: 'zlt', startTime: 0, endTime: 1 }
      await db().createSegmentWithMessages({ ...segment, messages: ids.slice(0, 10) })
      await db().addMessagesToSegment({ segmentId: 'zlt', messages: ids.slice(10, 18) })
      for (const messageId of ids.slice(18)) {
        await db().transaction((transaction) =>
          transaction.addMessageToSegment({ segmentId: 'zlt', messageId }),
        )
      }
      await db().deleteMessages(['zlt-0'])
      expect((await changesBehind(db(), start)).map(brief)).toEqual([
        'segmentStored zlt',
        'segmentUpdated zlt',
        'segmentUpdated zlt',
        'segmentUpdated zlt',
        'segmentUpdated zlt',
        'messageDeleted zlt-0',
      ])
    })

    it('refuses a cursor that is none, and one that is ahead of the file', async () => {
      for (const after of ['nonsense', 'c1', Buffer.from('1.1').toString('base64url'), 'c0.0.0', 'C0.0']) {
        await expectError(db().listChanges({ after }), 'INVALID_ARGUMENT', { field: 'after' })
      }
      await expectError(db().listChanges({ after: 'czzzzzzzz.0' }), 'CURSOR_TOO_OLD')
      await expectError(db().listChanges({ after: 'c0.zzzzzzzz' }), 'CURSOR_TOO_OLD')
    })

    it('is for everybody who may read', () => {
      expect(operations.listChanges).toMatchObject({ lane: 'read', access: 'read' })
    })
  },
}
