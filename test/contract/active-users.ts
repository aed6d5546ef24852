import type { DatabaseManager, Order } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

/** Later than nearly all that the other cases store. */
const late = Date.UTC(2150, 0)

/** Those of one prefix, up to the last time that any of them can have. */
async function readActive(
  db: DatabaseManager,
  prefix: string,
  order: Order,
  limit: number,
): Promise<[string, number][]> {
  const users: [string, number][] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await db.listUsersByActivity({ order, limit, cursor })
    expect(items.length).toBeLessThanOrEqual(limit)
    for (const { userId, lastActive } of items)
      if (userId.startsWith(prefix)) users.push([userId, lastActive?.getTime() ?? 0])
    const isPast = order === 'desc' && Number(items.at(-1)?.lastActive) < late
    cursor = isPast ? undefined : (nextCursor ?? undefined)
  } while (cursor !== undefined)
  return users
}

const steps = fc.array(
  fc.record({
    user: fc.integer({ min: 0, max: 5 }),
    time: fc.integer({ min: 0, max: 6 }),
    kind: fc.constantFrom('message', 'message', 'message', 'activity', 'delete', 'forget', 'index'),
  }),
  { maxLength: 25 },
)

export const activeUserCases = {
  listUsersByActivity(db: GetDatabase) {
    it('lists users by their last activity, of equals by who came first, indexed or not', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (taken, limit) => {
          const prefix = `la-${(run += 1)}-`
          const known = new Map<string, number>()
          const came: string[] = []
          const forgotten = new Set<string>()
          for (const [n, { user, time, kind }] of taken.entries()) {
            const userId = `${prefix}${user}`
            if (kind === 'index') await db().withConnection(() => undefined, { mode: 'write' })
            if (kind === 'forget') {
              await db().forgetUser({ userId })
              forgotten.add(userId)
            }
            if (kind === 'delete') await db().deleteUser(userId)
            if (kind === 'delete' || kind === 'forget') known.delete(userId)
            if (kind === 'message' || (kind === 'activity' && !forgotten.has(userId))) {
              const timestamp = late + time
              if (kind === 'message') await db().storeMessage(message(`${prefix}${n}`, { userId, timestamp }))
              else await db().recordActivity({ userId, timestamp })
              if (forgotten.has(userId)) continue
              if (!came.includes(userId)) came.push(userId)
              known.set(userId, Math.max(known.get(userId) ?? 0, timestamp))
            }
          }
          const expected = [...known].toSorted(
            ([one, oneTime], [other, otherTime]) =>
              oneTime - otherTime || came.indexOf(one) - came.indexOf(other),
          )
          expect(await readActive(db(), prefix, 'desc', limit)).toEqual(expected.toReversed())
          expect(await readActive(db(), prefix, 'asc', 5_000)).toEqual(expected)
        }),
        { numRuns: 20 },
      )
    })

    it('gives whole users, and leaves out who was never active', async () => {
      await db().storeMessage(message('lua-1', { userId: 'lua', timestamp: late + 99 }))
      await db().upsertUser({ userId: 'lua', displayName: 'Lou', metadata: { a: 1 } })
      await db().upsertUser({ userId: 'lua-never' })
      const { items } = await db().listUsersByActivity({ limit: 10 })
      expect(items.filter(({ userId }) => userId === 'lua')).toEqual([await db().getUser('lua')])
      expect(await readActive(db(), 'lua-never', 'asc', 5_000)).toEqual([])
    })
  },
}
