import type { DatabaseManager, ListedMessage } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const shown = (messages: readonly ListedMessage[]): unknown[] =>
  messages.map(({ messageId, user }) => [messageId.replace(/^.*-/, ''), user])

/** Whoever borrows a connection finds all messages indexed. */
const index = (db: DatabaseManager): Promise<void> => db.withConnection(() => undefined, { mode: 'write' })

/** Display names come with the messages of a listing, where they are asked for. */
export function describeShownUsers(db: GetDatabase): void {
  describe("with: ['user']", () => {
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
