import { createHash } from 'node:crypto'
import type { ExportedLines, JsonObject } from 'convodb'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { ExportKind } from 'convodb'
import type { GetDatabase } from './contract.js'

/** All lines of a kind that say something of one of the ids. */
async function linesOf(
  db: GetDatabase,
  kind: ExportKind,
  about: string,
  channelId?: string,
): Promise<JsonObject[]> {
  const lines: string[] = []
  let cursor: string | undefined
  do {
    const page: ExportedLines = await db().execute('exportRows', { kind, channelId, cursor })
    lines.push(...page.lines.split('\n').slice(0, -1))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return lines.filter((line) => line.includes(about)).map((line): JsonObject => JSON.parse(line))
}

const hashOf = (userId: string): string => createHash('sha256').update(userId).digest('hex')

export const transferCases = {
  exportRows(db: GetDatabase) {
    it('gives every kind in the order in which rows came into being, in JSON form, and says its kind', async () => {
      const channelId = 'xr-channel'
      await db().upsertChannel({ channelId, name: 'X', metadata: { a: 1 }, createdAt: 5, lastActive: 77 })
      await db().addMessages([
        message('xr-2', { channelId, userId: 'xr-ada', timestamp: 9, metadata: { b: [null] } }),
        message('xr-1', { channelId, userId: 'xr-ada', timestamp: 3, editedAt: 4, replyToMessageId: 'xr-0' }),
        message('xr-3', { channelId: 'xr-other', userId: 'xr-grace', timestamp: 3 }),
      ])
      await db().users.upsertUser({ userId: 'xr-ada', displayName: 'Ada', metadata: { c: 1 } })
      await db().users.updateProfile({ userId: 'xr-ada', profile: { d: 1 }, updatedAt: 11 })
      await db().createSegmentWithMessages({
        segmentId: 'xr-s',
        channelId,
        startTime: 1,
        endTime: 2,
        vector: [1.5],
        messages: ['xr-1', { messageId: 'xr-2', position: 0, contributionScore: 0.5 }],
      })
      const embedding = { ownerType: 'segment' as const, ownerId: 'xr-s', model: 'xr-model', vector: [2] }
      await db().storeEmbeddings([{ ...embedding, createdAt: 13 }])
      await db().forgetUser('xr-forgotten')
      await db().users.deleteUser('xr-grace')

      const time = (epochMs: number): string => new Date(epochMs).toISOString()
      expect(await linesOf(db, 'channel', 'xr-')).toEqual([
        {
          kind: 'channel',
          channelId,
          name: 'X',
          metadata: { a: 1 },
          createdAt: time(5),
          lastActive: time(77),
        },
        { kind: 'channel', channelId: 'xr-other', createdAt: time(3), lastActive: time(3) },
      ])
      const row = { kind: 'message', channelId, userId: 'xr-ada', content: 'hello', messageType: 'message' }
      const first = { ...row, messageId: 'xr-2', timestamp: time(9), metadata: { b: [null] } }
      const second = {
        ...row,
        messageId: 'xr-1',
        timestamp: time(3),
        editedAt: time(4),
        replyToMessageId: 'xr-0',
      }
      expect(await linesOf(db, 'message', '"xr-', channelId)).toEqual([first, second])
      expect((await linesOf(db, 'message', '"xr-')).map(({ messageId }) => messageId)).toEqual([
        'xr-2',
        'xr-1',
        'xr-3',
      ])
      expect(await linesOf(db, 'user', 'xr-')).toEqual([
        { kind: 'user', userId: 'xr-ada', displayName: 'Ada', metadata: { c: 1 }, firstSeen: time(3) },
      ])
      expect(await linesOf(db, 'activity', 'xr-')).toMatchObject([
        { userId: 'xr-ada', messageCount: 2, firstSeen: time(3), lastActive: time(9) },
        { userId: 'xr-grace', messageCount: 1, firstSeen: time(3), deletedAt: expect.any(String) },
      ])
      expect(await linesOf(db, 'profile', 'xr-')).toEqual([
        { kind: 'profile', userId: 'xr-ada', profile: { d: 1 }, updatedAt: time(11) },
      ])
      expect(await linesOf(db, 'segment', 'xr-', channelId)).toEqual([
        {
          kind: 'segment',
          segmentId: 'xr-s',
          channelId,
          startTime: time(1),
          endTime: time(2),
          vector: 'AADAPw==',
          messages: [
            { messageId: 'xr-2', position: 0, contributionScore: 0.5 },
            { messageId: 'xr-1', position: 0, contributionScore: null },
          ],
        },
      ])
      expect(await linesOf(db, 'model', 'xr-')).toEqual([{ kind: 'model', model: 'xr-model', dimension: 1 }])
      expect(await linesOf(db, 'embedding', 'xr-', channelId)).toEqual([
        { kind: 'embedding', ...embedding, vector: 'AAAAQA==', createdAt: time(13) },
      ])
      expect(await linesOf(db, 'forgotten', hashOf('xr-forgotten'))).toEqual([
        { kind: 'forgotten', userHash: hashOf('xr-forgotten'), forgottenAt: expect.any(String) },
      ])
      expect(await linesOf(db, 'message', 'xr-', 'nowhere')).toEqual([])
    })

    it('gives the members of a large segment in lines of a thousand', async () => {
      const rows = Array.from({ length: 2_500 }, (_, n) => message(`xm-${n}`, { channelId: 'xm' }))
      await db().addMessages(rows)
      const segment = { segmentId: 'xm', channelId: 'xm', startTime: 0, endTime: 1 }
      const members = rows.map(({ messageId }, n) => ({ messageId, position: n % 3 }))
      await db().createSegmentWithMessages({ ...segment, messages: members })
      const lines = await linesOf(db, 'segment', '"xm"')
      expect(lines.map(({ kind }) => kind)).toEqual(['segment', 'members', 'members'])
      const ids = lines.flatMap(({ messages }) =>
        (Array.isArray(messages) ? messages : []).map(({ messageId }) => messageId),
      )
      expect([{ segmentId: 'xm', messageIds: ids }]).toEqual(await db().getSegmentMessageIds(['xm']))
    })

    it('tells once what was replaced, or taken back, as the same at the same moment: an import takes it once', async () => {
      await db().storeMessage(message('xt', { channelId: 'xt' }))
      const edits = Array.from({ length: 200 }, (_, n) => ({
        name: 'updateMessage' as const,
        params: { messageId: 'xt', content: n % 2 === 0 ? 'xt-a' : 'xt-b', editedAt: null },
      }))
      await db().batch(edits)
      const versions = await linesOf(db, 'version', '"xt"')
      expect(new Set(versions.map((line) => JSON.stringify(line))).size).toBe(versions.length)
      const thumb = { messageId: 'xt', userId: 'xt-ada', reaction: '👍' }
      const reactedAt = Date.UTC(2200, 0)
      for (let n = 0; n < 3; n += 1) {
        await db().addReaction({ ...thumb, reactedAt })
        // Not before it was added.
        if (n < 2) await db().deleteReaction(thumb)
      }
      expect(await linesOf(db, 'reaction', '"xt"')).toMatchObject([
        { removedAt: '2200-01-01T00:00:00.000Z' },
        { reactedAt: '2200-01-01T00:00:00.000Z' },
      ])
    })

    it('counts messages that are not indexed yet', async () => {
      const row = { channelId: 'xn', userId: 'xn-ada' }
      await db().storeMessage(message('xn-1', { ...row, timestamp: 5 }))
      await db().storeMessage(message('xn-2', { ...row, timestamp: 7 }))
      const lastActive = '1970-01-01T00:00:00.007Z'
      expect(await linesOf(db, 'channel', '"xn"')).toMatchObject([{ lastActive }])
      expect(await linesOf(db, 'activity', 'xn-ada')).toMatchObject([{ messageCount: 2, lastActive }])
    })

    it('refuses an end that is none of ours', async () => {
      const call = db().execute('exportRows', { kind: 'user', upTo: 'nonsense' })
      await expectError(call, 'INVALID_ARGUMENT', { field: 'upTo' })
    })

    it('refuses a cursor of another kind', async () => {
      for (const [kind, cursor] of [
        ['message', `forgotten:${'a'.repeat(64)}`],
        ['forgotten', 'forgotten:5'],
        ['user', "user:1'"],
        ['user', 'message:1'],
      ] as const) {
        const call = db().execute('exportRows', { kind, cursor: Buffer.from(cursor).toString('base64url') })
        await expectError(call, 'INVALID_ARGUMENT', { field: 'cursor' })
      }
    })
  },

  importForgottenUsers(db: GetDatabase) {
    it('keeps users away of whom only the hash is known, and takes away what is there of them', async () => {
      await db().storeMessage(message('if-1', { channelId: 'if', userId: 'if-here' }))
      await db().users.upsertUser({ userId: 'if-here', displayName: 'Here' })
      const users = ['if-here', 'if-never'].map((userId) => ({ userHash: hashOf(userId), forgottenAt: 7 }))
      expect(await db().execute('importForgottenUsers', { users })).toBe(2)
      expect(await db().users.getUser('if-here')).toBeUndefined()
      expect(await db().countMessages({ channelId: 'if' })).toBe(0)
      for (const userId of ['if-here', 'if-never']) {
        expect(await db().storeMessage(message('if-2', { channelId: 'if', userId }))).toMatchObject({
          outcome: 'ignored',
        })
        await expectError(db().users.upsertUser({ userId }), 'USER_FORGOTTEN', { userId })
      }
    })

    it('keeps the later time of who was forgotten twice', async () => {
      const userHash = hashOf('if-twice')
      for (const forgottenAt of [7, 9, 8])
        await db().execute('importForgottenUsers', { users: [{ userHash, forgottenAt }] })
      expect(await linesOf(db, 'forgotten', userHash)).toEqual([
        { kind: 'forgotten', userHash, forgottenAt: new Date(9).toISOString() },
      ])
    })
  },

  importModels(db: GetDatabase) {
    it('makes a model known before its first vector, whose dimension it has to have', async () => {
      await db().storeMessage(message('im-1'))
      expect(await db().execute('importModels', { models: [{ model: 'im', dimension: 2 }] })).toBe(1)
      const store = (vector: number[]) =>
        db().storeEmbeddings([{ ownerType: 'message', ownerId: 'im-1', model: 'im', vector }])
      await expectError(store([1]), 'DIMENSION_MISMATCH', { expected: 2 })
      expect(await store([1, 2])).toBe(1)
      const other = db().execute('importModels', { models: [{ model: 'im', dimension: 3 }] })
      await expectError(other, 'DIMENSION_MISMATCH', { model: 'im' })
    })
  },

  importUserActivity(db: GetDatabase) {
    const importOne = (user: { userId: string; messageCount: number; deletedAt?: number }) =>
      db().execute('importUserActivity', { users: [{ firstSeen: 50, lastActive: 60, ...user }] })

    it('sets what a user did, exactly, where they have written as much', async () => {
      await db().storeMessage(message('iu-1', { userId: 'iu-same', timestamp: 1 }))
      await importOne({ userId: 'iu-same', messageCount: 1 })
      expect(await db().users.getUser('iu-same')).toMatchObject({
        firstSeen: new Date(50),
        lastActive: new Date(60),
      })
      await importOne({ userId: 'iu-new', messageCount: 0 })
      expect(await db().users.getUser('iu-new')).toMatchObject({ lastActive: new Date(60), messageCount: 0 })
    })

    it('deletes a user whom the export tells to be deleted; what they wrote stays', async () => {
      await db().storeMessage(message('iu-2', { channelId: 'iu', userId: 'iu-deleted' }))
      await db().users.upsertUser({ userId: 'iu-deleted', displayName: 'Deleted iu' })
      await importOne({ userId: 'iu-deleted', messageCount: 1, deletedAt: 70 })
      expect(await db().users.getUser('iu-deleted')).toBeUndefined()
      expect((await db().users.searchByDisplayName('deleted iu')).items).toEqual([])
      expect(await db().countMessages({ channelId: 'iu' })).toBe(1)
      await db().storeMessage(message('iu-3', { channelId: 'iu', userId: 'iu-deleted', timestamp: 90 }))
      expect(await db().users.getUser('iu-deleted')).toMatchObject({ firstSeen: new Date(90) })
    })

    it('only widens it for a user who has written something else, and deletes nobody then', async () => {
      await db().storeMessage(message('iu-4', { userId: 'iu-more', timestamp: 55 }))
      await db().storeMessage(message('iu-5', { userId: 'iu-more', timestamp: 80 }))
      await importOne({ userId: 'iu-more', messageCount: 1, deletedAt: 70 })
      expect(await db().users.getUser('iu-more')).toMatchObject({
        firstSeen: new Date(50),
        lastActive: new Date(80),
      })
    })
  },
}
