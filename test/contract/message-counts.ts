import type { CountMessagesByParams, DatabaseManager } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const hour = 3_600_000
const day = 24 * hour

async function countAll(db: DatabaseManager, page: CountMessagesByParams): Promise<[number, number][]> {
  const counts: [number, number][] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await db.countMessagesBy({ ...page, cursor })
    expect(nextCursor).not.toBe(cursor)
    counts.push(...items.map(({ startTime, messages }): [number, number] => [startTime.getTime(), messages]))
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return counts
}

/** Around 1970, before which times are negative. */
const rows = fc.array(
  fc.record({
    channel: fc.integer({ min: 0, max: 1 }),
    user: fc.integer({ min: 0, max: 1 }),
    timestamp: fc.oneof(
      fc.integer({ min: -3 * day, max: 3 * day }),
      fc.constantFrom(-day, -1, 0, hour, hour - 1),
    ),
    isIndexed: fc.boolean(),
  }),
  { maxLength: 25 },
)

export const messageCountCases = {
  countMessagesBy(db: GetDatabase) {
    it('counts by day and by hour, of a channel, a user or both, whatever was indexed', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 4 }), async (given, limit) => {
          const id = `cb-${(run += 1)}`
          for (const [n, { channel, user, timestamp, isIndexed }] of given.entries()) {
            const fields = { channelId: `${id}-${channel}`, userId: `${id}-${user}`, timestamp }
            await db().storeMessage(message(`${id}-${n}`, fields))
            if (isIndexed && n % 5 === 0) await db().withConnection(() => undefined, { mode: 'write' })
          }
          for (const [by, span] of [
            ['day', day],
            ['hour', hour],
          ] as const) {
            for (const whose of [
              { channelId: `${id}-0` },
              { userId: `${id}-1` },
              { channelId: `${id}-0`, userId: `${id}-0` },
            ]) {
              const sums = new Map<number, number>()
              for (const { channel, user, timestamp } of given) {
                if ('channelId' in whose && whose.channelId !== `${id}-${channel}`) continue
                if ('userId' in whose && whose.userId !== `${id}-${user}`) continue
                if (timestamp <= -2 * day || timestamp >= 2 * day) continue
                const start = Math.floor(timestamp / span) * span
                sums.set(start, (sums.get(start) ?? 0) + 1)
              }
              const expected = [...sums].toSorted(([one], [other]) => one - other)
              const page = { ...whose, by, limit, after: -2 * day, before: 2 * day }
              expect(await countAll(db(), { ...page, order: 'asc' })).toEqual(expected)
              expect(await countAll(db(), page)).toEqual(expected.toReversed())
            }
          }
          // Others count what is older than 1970.
          for (const channel of [0, 1]) await db().deleteChannel(`${id}-${channel}`)
        }),
        { numRuns: 20 },
      )
    })

    it('counts messages that were stored out of order, of many blocks', async () => {
      const stored = Array.from({ length: 20_000 }, (_, n) =>
        message(`co-${n}`, { channelId: `co-${n % 2}`, userId: 'co', timestamp: (n % 5) * day + n }),
      )
      for (let from = 0; from < stored.length; from += 4_000)
        await db().addMessages(stored.slice(from, from + 4_000))
      const days = [0, 1, 2, 3, 4].map((n) => n * day)
      expect(await countAll(db(), { userId: 'co', by: 'day', limit: 2, order: 'asc' })).toEqual(
        days.map((start) => [start, 4_000]),
      )
      expect(await countAll(db(), { userId: 'co', channelId: 'co-1', by: 'day' })).toEqual(
        days.map((start) => [start, 2_000]).toReversed(),
      )
      expect(await countAll(db(), { channelId: 'co-0', by: 'day', order: 'asc' })).toEqual(
        days.map((start) => [start, 2_000]),
      )
    })

    it('wants to know whose, and knows nothing of the unknown', async () => {
      await expectError(db().countMessagesBy({ by: 'day' }), 'INVALID_ARGUMENT', { field: 'channelId' })
      const none = { items: [], nextCursor: null }
      expect(await db().countMessagesBy({ channelId: 'cb-none', by: 'day' })).toEqual(none)
      expect(await db().countMessagesBy({ userId: 'cb-none', by: 'hour' })).toEqual(none)
    })
  },

  countUnread(db: GetDatabase) {
    it('counts what stands behind a message, a time or a cursor, before and after indexing', async () => {
      const channelId = 'cu'
      const times = [1, 2, 2, 2, 3]
      await db().addMessages(times.map((timestamp, n) => message(`cu-${n}`, { channelId, timestamp })))
      // Stored last, and among the first in time.
      await db().storeMessage(message('cu-late', { channelId, timestamp: 1 }))
      const { nextCursor } = await db().getMessages({ channelId, order: 'asc', limit: 3 })
      const count = async (): Promise<number[]> =>
        Promise.all([
          ...['cu-0', 'cu-late', 'cu-2', 'cu-4'].map((afterMessageId) =>
            db().countUnread({ channelId, afterMessageId }),
          ),
          db().countUnread({ channelId, after: 2 }),
          db().countUnread({ channelId, after: 0 }),
          db().countUnread({ channelId, cursor: nextCursor ?? '' }),
          db().countUnread({ channelId, after: 0, upTo: 4 }),
          db().countUnread({ channelId, after: 0, upTo: 0 }),
        ])
      const expected = [5, 4, 2, 0, 1, 6, 3, 4, 0]
      expect(await count()).toEqual(expected)
      await db().withConnection(() => undefined, { mode: 'write' })
      expect(await count()).toEqual(expected)
      await db().storeMessage(message('cu-new', { channelId, timestamp: 2 }))
      expect(await count()).toEqual([6, 5, 3, 0, 1, 7, 4, 4, 0])
      await db().deleteMessages(['cu-new', 'cu-3'])
      expect(await count()).toEqual([4, 3, 1, 0, 1, 5, 2, 4, 0])
    })

    it('refuses what names no place of the channel', async () => {
      await db().storeMessage(message('cu-other', { channelId: 'cu-other' }))
      const notFound = { channelId: 'cu', afterMessageId: 'cu-other' }
      await expectError(db().countUnread(notFound), 'NOT_FOUND', { messageId: 'cu-other' })
      await expectError(db().countUnread({ channelId: 'cu' }), 'INVALID_ARGUMENT')
      await expectError(db().countUnread({ ...notFound, after: 1 }), 'INVALID_ARGUMENT')
      await expectError(db().countUnread({ channelId: 'cu', cursor: 'no' }), 'INVALID_ARGUMENT')
      expect(await db().countUnread({ channelId: 'cu-none', after: 0 })).toBe(0)
    })
  },
}
