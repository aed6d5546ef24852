import type { DatabaseManager, ListedMessage } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const shown = (messages: readonly ListedMessage[]): unknown[] =>
  messages.map(({ messageId, user }) => [messageId.replace(/^.*-/, ''), user])

/** Whoever borrows a connection finds all messages indexed. */
const index = (db: DatabaseManager): Promise<void> => db.withConnection(() => undefined, { mode: 'write' })

/** Display names and reactions come with messages where they are asked for. */
export function describeShownUsers(db: GetDatabase): void {
  describe('with', () => {
    it('gives each message the name of its user as it is now, in every listing', async () => {
      const channelId = 'wu'
      await db().upsertUser({ userId: 'wu-ada', displayName: 'Ada "the first"\u0007' })
      await db().upsertUser({ userId: 'wu-gone', displayName: 'Gone' })
      const rows = ['ada', 'none', 'gone', 'ada'].map((user, n) =>
        message(`wu-${n}`, {
          channelId,
          userId: `wu-${user}`,
          timestamp: n,
          messageType: 'note',
          replyToMessageId: 'wu-0',
        }),
      )
      // Too long, and of a time that SQLite does not write: read value by value.
      const long = message('wu-4', {
        channelId,
        userId: 'wu-ada',
        timestamp: 4,
        content: 'x'.repeat(100_000),
        messageType: 'note',
        replyToMessageId: 'wu-0',
      })
      const early = { ...long, messageId: 'wu-5', timestamp: -5, content: '' }
      await db().addMessages([...rows.slice(0, 2), early])
      await index(db())
      await db().addMessages([...rows.slice(2), long])
      await db().deleteUser('wu-gone')
      const ada = { displayName: 'Ada "the first"\u0007' }
      const none = { displayName: null }
      const expected = [
        ['5', ada],
        ['0', ada],
        ['1', none],
        ['2', none],
        ['3', ada],
        ['4', ada],
      ]
      const page = { channelId, order: 'asc', with: ['user'] } as const
      const compare = async (): Promise<void> => {
        for (const filter of [{}, { messageType: 'note' }, { replyToMessageId: 'wu-0' }])
          expect(shown((await db().getMessages({ ...page, ...filter })).items)).toEqual(expected)
        const iterated: ListedMessage[] = []
        for await (const item of db().iterateMessages({ ...page, limit: 2 })) iterated.push(item)
        expect(shown(iterated)).toEqual(expected)
        const { items } = await db().getUserMessages({ userId: 'wu-ada', order: 'asc', with: ['user'] })
        expect(shown(items)).toEqual(expected.filter(([, user]) => user === ada))
      }
      await compare()
      await index(db())
      await compare()
      await db().upsertUser({ userId: 'wu-none', displayName: 'Now' })
      expect(shown((await db().getMessages({ ...page, limit: 3 })).items).at(-1)).toEqual([
        '1',
        { displayName: 'Now' },
      ])
    })

    it('comes with every call that gives messages, reactions and users alike, at any length', async () => {
      const channelId = 'ws'
      await db().upsertUser({ userId: 'ws-ada', displayName: 'Ada' })
      await db().addMessages([
        message('ws-0', { channelId, userId: 'ws-ada', timestamp: 0, content: 'teapot zero' }),
        message('ws-1', {
          channelId,
          userId: 'ws-bob',
          timestamp: 1,
          content: `teapot ${'x'.repeat(100_000)}`,
        }),
        message('ws-2', {
          channelId,
          userId: 'ws-bob',
          timestamp: 2,
          content: 'teapot two',
          metadata: { a: 1 },
        }),
      ])
      const react = (messageId: string, userId: string, reaction: string) =>
        db().addReaction({ messageId, userId, reaction })
      await react('ws-1', 'ws-ada', '🫖')
      await react('ws-0', 'ws-ada', 'second"')
      await react('ws-0', 'ws-bob', '👍')
      await react('ws-0', 'ws-ada', '👍')
      await react('ws-0', 'ws-bob', 'gone')
      await db().deleteReaction({ messageId: 'ws-0', userId: 'ws-bob', reaction: 'gone' })
      await db().createSegmentWithMessages({
        segmentId: 'ws-s',
        channelId,
        startTime: 0,
        endTime: 9,
        messages: ['ws-0', 'ws-1', 'ws-2'],
      })
      const two = { reaction: '👍', count: 2 }
      const zero = [{ reaction: 'second"', count: 1 }, two]
      const reactions = [zero, [{ reaction: '🫖', count: 1 }], []]
      const users = [{ displayName: 'Ada' }, { displayName: null }, { displayName: null }]
      const messageIds = ['ws-0', 'ws-1', 'ws-2']
      const cases = [
        { asked: ['reactions'] as const, shows: { reactions: true, user: false } },
        { asked: ['user'] as const, shows: { reactions: false, user: true } },
        { asked: ['user', 'reactions', 'user'] as const, shows: { reactions: true, user: true } },
      ]
      for (const { asked, shows } of cases) {
        const page = { with: asked }
        const expectShown = (messages: readonly ListedMessage[]): void => {
          const byId = new Map(messages.map((item) => [item.messageId, item]))
          for (const [n, messageId] of messageIds.entries()) {
            const item = byId.get(messageId)
            expect(item?.reactions).toEqual(shows.reactions ? reactions[n] : undefined)
            expect(item?.user).toEqual(shows.user ? users[n] : undefined)
            expect(item).toMatchObject({
              channelId,
              timestamp: new Date(n),
              metadata: n === 2 ? { a: 1 } : null,
            })
          }
        }
        expectShown((await db().getMessages({ channelId, ...page })).items)
        expectShown((await db().getMessages({ channelId, messageType: 'message', ...page })).items)
        const ofUsers = await Promise.all(
          ['ws-ada', 'ws-bob'].map(async (userId) => (await db().getUserMessages({ userId, ...page })).items),
        )
        expectShown(ofUsers.flat())
        expectShown(await db().getMessagesByIds({ messageIds, ...page }))
        const found = await Promise.all(
          messageIds.map((messageId) => db().getMessage({ messageId, ...page })),
        )
        expectShown(found.flatMap((item) => item ?? []))
        for (const messageId of messageIds) {
          const context = await db().getMessageContext({ messageId, ...page })
          expectShown(context === undefined ? [] : [...context.before, context.message, ...context.after])
        }
        for (const highlight of [true, false]) {
          const { items } = await db().searchMessages({ text: 'teapot', channelId, highlight, ...page })
          expectShown(items)
          expect(items.every(({ marks }) => (marks !== null) === highlight)).toBe(true)
        }
        const members = await db().getSegmentMessages({ segmentId: 'ws-s', ...page })
        expectShown(members)
        expect(members.map(({ position }) => position)).toEqual([0, 1, 2])
      }
    })

    it('shows a hundred kinds of reaction at most, the first ones', async () => {
      await db().storeMessage(message('wm', { channelId: 'wm' }))
      await Promise.all(
        Array.from({ length: 120 }, (_, n) =>
          db().addReaction({ messageId: 'wm', userId: 'wm-ada', reaction: `r${n}` }),
        ),
      )
      const shownNow = await db().getMessage({ messageId: 'wm', with: ['reactions'] })
      expect(shownNow?.reactions).toHaveLength(100)
      expect(shownNow?.reactions?.[0]).toEqual({ reaction: 'r0', count: 1 })
    })

    it('changes nothing else, and gives nothing where it is not asked for', async () => {
      await db().storeMessage(message('wn-1', { channelId: 'wn', metadata: { a: 1 }, editedAt: 5 }))
      const plain = await db().getMessages({ channelId: 'wn' })
      expect(plain.items[0]).not.toHaveProperty('user')
      const [withUser] = (await db().getMessages({ channelId: 'wn', with: ['user'] })).items
      expect({ ...plain.items[0], user: withUser?.user }).toEqual(withUser)
      expect((await db().getMessages({ channelId: 'wn', with: [] })).items).toEqual(plain.items)
      const wrong: unknown = { channelId: 'wn', with: ['channel'] }
      await expectError(Reflect.apply(db().getMessages, undefined, [wrong]), 'INVALID_ARGUMENT', {
        field: 'with[0]',
      })
    })
  })
}
