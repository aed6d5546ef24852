import type { DatabaseManager, Params } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

async function readAll(db: DatabaseManager, page: Params<'getMessages'>): Promise<string[]> {
  const ids: string[] = []
  let cursor = page.cursor
  do {
    const { items, nextCursor } = await db.getMessages({ ...page, cursor })
    expect(items.length).toBeLessThanOrEqual(page.limit ?? 100)
    if (nextCursor !== null) expect(items).toHaveLength(page.limit ?? 100)
    ids.push(...items.map(({ messageId }) => messageId))
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

export function pagingCases(db: GetDatabase): void {
  it('pages by (time, insertion) with any limit and equal times: every row once', async () => {
    let run = 0
    const times = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 12 }), async (timestamps, limit) => {
        run += 1
        const channelId = `pg-${run}`
        const rows = timestamps.map((timestamp, n) => ({ id: `${channelId}-${n}`, timestamp }))
        await db().addMessages(rows.map(({ id, timestamp }) => message(id, { channelId, timestamp })))
        // A stable sort by time alone is the order by (time, insertion).
        const expected = rows.toSorted((a, b) => a.timestamp - b.timestamp).map(({ id }) => id)
        expect(await readAll(db(), { channelId, limit, order: 'asc' })).toEqual(expected)
        expect(await readAll(db(), { channelId, limit })).toEqual(expected.toReversed())
      }),
      { numRuns: 60 },
    )
  })

  it('gives the newest 100 first unless told otherwise', async () => {
    const rows = Array.from({ length: 101 }, (_, n) => message(`pd-${n}`, { channelId: 'pd', timestamp: n }))
    await db().addMessages(rows)
    const { items, nextCursor } = await db().getMessages({ channelId: 'pd' })
    expect(items).toHaveLength(100)
    expect(items[0]?.messageId).toBe('pd-100')
    expect(nextCursor).not.toBeNull()
  })

  it('has no next page when the last one is full', async () => {
    await db().addMessages([1, 2].map((n) => message(`pf-${n}`, { channelId: 'pf' })))
    expect((await db().getMessages({ channelId: 'pf', limit: 2 })).nextCursor).toBeNull()
  })

  it('leaves the times of before and after out, in both orders', async () => {
    await db().addMessages([1, 2, 3, 4].map((n) => message(`pb-${n}`, { channelId: 'pb', timestamp: n })))
    for (const order of ['asc', 'desc'] as const) {
      const between = await readAll(db(), { channelId: 'pb', after: 1, before: 4, order, limit: 1 })
      expect(between.toSorted()).toEqual(['pb-2', 'pb-3'])
    }
  })

  it('resumes exactly while rows arrive and the last row seen is deleted', async () => {
    const channelId = 'pr'
    await db().addMessages([1, 2, 3, 4].map((n) => message(`pr-${n}`, { channelId, timestamp: 7 })))
    const first = await db().getMessages({ channelId, limit: 2, order: 'asc' })
    await db().deleteMessages(['pr-2'])
    await db().addMessages([
      message('pr-early', { channelId, timestamp: 6 }),
      message('pr-5', { channelId, timestamp: 7 }),
    ])
    const rest = await readAll(db(), {
      channelId,
      limit: 2,
      order: 'asc',
      cursor: first.nextCursor ?? undefined,
    })
    expect(rest).toEqual(['pr-3', 'pr-4', 'pr-5'])
  })

  it('iterates over everything, page by page', async () => {
    await db().addMessages([1, 2, 3, 4, 5].map((n) => message(`pi-${n}`, { channelId: 'pi', timestamp: n })))
    const seen: string[] = []
    for await (const { messageId } of db().iterateMessages({ channelId: 'pi', order: 'asc', limit: 2 })) {
      seen.push(messageId)
    }
    expect(seen).toEqual(['pi-1', 'pi-2', 'pi-3', 'pi-4', 'pi-5'])
  })

  it('is empty for an unknown channel', async () => {
    expect(await db().getMessages({ channelId: 'p-none' })).toEqual({ items: [], nextCursor: null })
  })

  it('refuses limits out of range and a cursor that is none', async () => {
    for (const limit of [0, -1, 1.5, 10_001]) {
      await expectError(db().getMessages({ channelId: 'p', limit }), 'INVALID_ARGUMENT', { field: 'limit' })
    }
    await expectError(db().getMessages({ channelId: 'p', cursor: 'x' }), 'INVALID_ARGUMENT', {
      field: 'cursor',
    })
  })
}
