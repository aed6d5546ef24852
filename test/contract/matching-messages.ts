import type { DatabaseManager, MatchingMessages } from 'convodb'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

async function store(db: DatabaseManager, prefix: string): Promise<void> {
  const rows = Array.from({ length: 12 }, (_, n) =>
    message(`${prefix}-${n}`, {
      channelId: `${prefix}-${n % 2}`,
      userId: `${prefix}-${n % 3}`,
      // Out of order in time.
      timestamp: (n * 5) % 12,
      messageType: n % 4 === 0 ? 'note' : 'message',
      replyToMessageId: n > 5 ? `${prefix}-0` : null,
    }),
  )
  await db.addMessages(rows.slice(0, 8))
  await db.withConnection(() => undefined, { mode: 'write' })
  await db.addMessages(rows.slice(8))
}

const numbersLeft = async (db: DatabaseManager, prefix: string): Promise<number[]> => {
  const ids = Array.from({ length: 12 }, (_, n) => `${prefix}-${n}`)
  return (await db.getMessagesByIds(ids)).map(({ messageId }) => Number(messageId.split('-').at(-1)))
}

/** What is deleted is also not counted, listed or found any more. */
async function expectGone(db: DatabaseManager, prefix: string, left: readonly number[]): Promise<void> {
  expect(await numbersLeft(db, prefix)).toEqual(left)
  for (const rest of [0, 1]) {
    const inChannel = left.filter((n) => n % 2 === rest).length
    expect(await db.countMessages({ channelId: `${prefix}-${rest}` })).toBe(inChannel)
    expect((await db.getMessages({ channelId: `${prefix}-${rest}` })).items).toHaveLength(inChannel)
  }
  for (const rest of [0, 1, 2]) {
    const ofUser = left.filter((n) => n % 3 === rest).length
    expect((await db.getUserMessages({ userId: `${prefix}-${rest}` })).items).toHaveLength(ofUser)
  }
}

const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
const timeOf = (n: number): number => (n * 5) % 12

export const matchingMessageCases = {
  deleteMatchingMessages(db: GetDatabase) {
    const cases: readonly (readonly [
      name: string,
      (p: string) => MatchingMessages,
      (n: number) => boolean,
    ])[] = [
      ['a channel', (p) => ({ channelId: `${p}-1` }), (n) => n % 2 === 1],
      ['a user', (p) => ({ userId: `${p}-2` }), (n) => n % 3 === 2],
      ['both', (p) => ({ channelId: `${p}-0`, userId: `${p}-1` }), (n) => n % 2 === 0 && n % 3 === 1],
      ['a type', (p) => ({ channelId: `${p}-0`, messageType: 'note' }), (n) => n % 4 === 0],
      ['the usual type', (p) => ({ channelId: `${p}-0`, messageType: 'message' }), (n) => n % 4 === 2],
      ['answers', (p) => ({ channelId: `${p}-1`, replyToMessageId: `${p}-0` }), (n) => n > 5 && n % 2 === 1],
      [
        "a user's answers of a type in a period",
        (p) => ({
          userId: `${p}-0`,
          messageType: 'message',
          replyToMessageId: `${p}-0`,
          after: 5,
          before: 10,
        }),
        (n) => n % 3 === 0 && n % 4 !== 0 && n > 5 && timeOf(n) > 5 && timeOf(n) < 10,
      ],
      ['nothing', (p) => ({ channelId: `${p}-0`, messageType: 'none' }), () => false],
      ['an unknown user', (p) => ({ channelId: `${p}-0`, userId: 'dx-none' }), () => false],
    ]
    it.each(cases)('takes away the messages of %s, and no others', async (name, matching, isGone) => {
      const prefix = `dx${name.length}`
      await store(db(), prefix)
      const left = all.filter((n) => !isGone(n))
      expect(await db().deleteMessages(matching(prefix))).toBe(all.length - left.length)
      await expectGone(db(), prefix, left)
      expect(await db().deleteMessages(matching(prefix))).toBe(0)
    })

    it('goes on slice by slice over many messages, while others are stored', async () => {
      const rows = Array.from({ length: 9_000 }, (_, n) =>
        message(`dy-${n}`, { channelId: 'dy', userId: n % 2 === 0 ? 'dy' : 'dy-other', timestamp: n % 100 }),
      )
      await db().addMessages(rows)
      const [deleted] = await Promise.all([
        db().deleteMessages({ userId: 'dy' }),
        ...Array.from({ length: 20 }, (_, n) =>
          db().storeMessage(message(`dy-new-${n}`, { channelId: 'dy' })),
        ),
      ])
      expect(deleted).toBe(4_500)
      expect(await db().countMessages({ channelId: 'dy' })).toBe(4_520)
      const slice = await db().execute('deleteMatchingMessages', { channelId: 'dy', before: 50 })
      expect(slice.deletedMessages).toBeGreaterThan(0)
      const aborted = new AbortController()
      aborted.abort()
      await expectError(db().deleteMessages({ channelId: 'dy' }, { signal: aborted.signal }), 'ABORTED')
      await db().deleteMessages({ channelId: 'dy' })
      expect(await db().countMessages({ channelId: 'dy' })).toBe(0)
    })

    it('wants to know whose, and refuses what it does not know', async () => {
      await expectError(db().deleteMessages({}), 'INVALID_ARGUMENT', { field: 'channelId' })
      await expectError(db().deleteMessages({ messageType: 'note' }), 'INVALID_ARGUMENT')
      const trap = (): never => {
        throw new Error('trap')
      }
      for (const wrong of [null, undefined, 5, new Proxy({}, { has: trap, ownKeys: trap })])
        await expectError(Reflect.apply(db().deleteMessages, undefined, [wrong]), 'INVALID_ARGUMENT')
      const both = { messageIds: ['a'], channelId: 'b' }
      await expectError(db().deleteMessages(both), 'INVALID_ARGUMENT')
    })
  },
}
