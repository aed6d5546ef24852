import fc from 'fast-check'
import { expect, it } from 'vitest'
import { message, temporaryDatabase } from '../support/databases.js'

const times = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 })

// Indexed and unindexed messages are read by queries of their own, and each other's times bound them.
it('pages of indexed and unindexed messages at any times are one listing, either way, with any limit', async () => {
  const db = await temporaryDatabase({ readers: 1 })
  let run = 0
  const store = async (channelId: string, first: number, given: readonly number[]) => {
    const rows = given.map((timestamp, n) => message(`${channelId}-${first + n}`, { channelId, timestamp }))
    await db.addMessages(rows)
    return rows
  }
  await fc.assert(
    fc.asyncProperty(times, times, fc.integer({ min: 1, max: 8 }), async (indexed, unindexed, limit) => {
      run += 1
      const channelId = `c${run}`
      const rows = await store(channelId, 0, indexed)
      // A borrower finds everything indexed.
      await db.withConnection(() => undefined, { mode: 'write' })
      rows.push(...(await store(channelId, rows.length, unindexed)))
      const expected = rows
        .toSorted((one, other) => Number(one.timestamp) - Number(other.timestamp))
        .map(({ messageId }) => messageId)
      for (const order of ['asc', 'desc'] as const) {
        const found: string[] = []
        for await (const { messageId } of db.iterateMessages({ channelId, order, limit }))
          found.push(messageId)
        expect(found).toEqual(order === 'asc' ? expected : expected.toReversed())
      }
      const between = await db.getMessages({ channelId, order: 'asc', after: 1, before: 5, limit })
      const inside = rows.filter(({ timestamp }) => Number(timestamp) > 1 && Number(timestamp) < 5)
      expect(between.items).toHaveLength(Math.min(limit, inside.length))
    }),
    { numRuns: 60 },
  )
})
