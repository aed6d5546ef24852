import type { DatabaseManager, GetUserMessagesParams } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

interface Stored {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly timestamp: number
}

interface Where {
  readonly channel: number
  readonly user: number
  readonly timestamp: number
}

/** The ids of all pages. A page may end early, but never goes on nowhere. */
async function readAll(db: DatabaseManager, page: GetUserMessagesParams): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await db.getUserMessages({ ...page, cursor })
    expect(items.length).toBeLessThanOrEqual(page.limit ?? 100)
    expect(nextCursor).not.toBe(cursor)
    ids.push(...items.map(({ messageId }) => messageId))
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

/** Rows stand in the order in which they were stored; a stable sort by time alone gives the order by (time, insertion). */
const expectedOf = (rows: readonly Stored[], userId: string, channelId?: string): string[] =>
  rows
    .filter((row) => row.userId === userId && (channelId === undefined || row.channelId === channelId))
    .toSorted((one, other) => one.timestamp - other.timestamp)
    .map(({ messageId }) => messageId)

/** Whoever borrows a connection finds all messages indexed. */
const index = (db: DatabaseManager): Promise<void> => db.withConnection(() => undefined, { mode: 'write' })

const place = fc.record({
  channel: fc.integer({ min: 0, max: 1 }),
  user: fc.integer({ min: 0, max: 1 }),
  timestamp: fc.integer({ min: -3, max: 3 }),
})
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('store' as const), place }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), which: fc.nat(), place }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'index' as const }) },
  ),
  { maxLength: 30 },
)

export const userMessageCases = {
  getUserMessages(db: GetDatabase) {
    it('lists by (time, insertion), in all channels or one, whatever was stored, moved, deleted or indexed', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), async (taken, limit) => {
          const id = `um-${(run += 1)}`
          const toRow = (messageId: string, { channel, user, timestamp }: Where) => ({
            messageId,
            channelId: `${id}-${channel}`,
            userId: `${id}-${user}`,
            timestamp,
          })
          const rows: Stored[] = []
          for (const [n, step] of taken.entries()) {
            if (step.kind === 'index') await index(db())
            if (step.kind === 'store') rows.push(toRow(`${id}-m${n}`, step.place))
            const at = 'which' in step && rows.length > 0 ? step.which % rows.length : -1
            const chosen = rows[at]
            if (step.kind === 'move' && chosen !== undefined) rows[at] = toRow(chosen.messageId, step.place)
            const changed = step.kind === 'store' ? rows.at(-1) : rows[at]
            if (step.kind === 'delete' && chosen !== undefined) {
              await db().deleteMessages([chosen.messageId])
              rows.splice(at, 1)
            } else if (changed !== undefined && step.kind !== 'index') {
              await db().storeMessage(message(changed.messageId, changed))
            }
          }
          for (const userId of [`${id}-0`, `${id}-1`]) {
            for (const channelId of [undefined, `${id}-0`]) {
              const expected = expectedOf(rows, userId, channelId)
              const page = { userId, channelId, limit }
              expect(await readAll(db(), { ...page, order: 'asc' })).toEqual(expected)
              expect(await readAll(db(), page)).toEqual(expected.toReversed())
            }
          }
        }),
        { numRuns: 25 },
      )
    })

    it('lists messages that were stored out of order, also rare ones among very many', async () => {
      // Channel after channel, each from its first day to its last, as archives are imported.
      const rows = Array.from({ length: 24_000 }, (_, n) => ({
        messageId: `uo-${n}`,
        channelId: `uo-${Math.floor(n / 6_000)}`,
        userId: n % 4_801 === 7 ? 'uo-rare' : `uo-${n % 3}`,
        timestamp: (n % 6_000) * 1_000,
      }))
      for (let from = 0; from < rows.length; from += 4_000)
        await db().addMessages(rows.slice(from, from + 4_000).map((row) => message(row.messageId, row)))
      for (const userId of ['uo-rare', 'uo-1']) {
        const expected = expectedOf(rows, userId)
        expect(await readAll(db(), { userId, limit: 700, order: 'asc' })).toEqual(expected)
        expect(await readAll(db(), { userId, limit: 10_000 })).toEqual(expected.toReversed())
        const inOne = expectedOf(rows, userId, 'uo-2')
        expect(await readAll(db(), { userId, channelId: 'uo-2', limit: 300 })).toEqual(inOne.toReversed())
      }
    })

    it('keeps to a period, both ends exclusive, and to its cursor while messages come', async () => {
      await db().addMessages(
        [1, 2, 3, 4, 5].map((n) => message(`up-t${n}`, { userId: 'up-t', timestamp: n })),
      )
      const page = { userId: 'up-t', after: 1, before: 5 }
      expect(await readAll(db(), { ...page, limit: 2 })).toEqual(['up-t4', 'up-t3', 'up-t2'])
      expect(await readAll(db(), { ...page, order: 'asc' })).toEqual(['up-t2', 'up-t3', 'up-t4'])
      const { items, nextCursor } = await db().getUserMessages({ ...page, limit: 1 })
      await db().storeMessage(message('up-t9', { userId: 'up-t', timestamp: 4 }))
      const next = await db().getUserMessages({ ...page, cursor: nextCursor ?? '' })
      expect([...items, ...next.items].map(({ messageId }) => messageId)).toEqual(['up-t4', 'up-t3', 'up-t2'])
    })

    it('gives whole messages, long ones too, and nothing of who is unknown or was forgotten', async () => {
      const content = 'long '.repeat(50_000)
      await db().storeMessage(message('uw-1', { userId: 'uw', content, metadata: { a: 1 } }))
      const { items } = await db().getUserMessages({ userId: 'uw' })
      expect(items).toEqual(await db().getMessagesByIds(['uw-1']))
      expect(await db().getUserMessages({ userId: 'uw-none' })).toEqual({ items: [], nextCursor: null })
      expect(await readAll(db(), { userId: 'uw', channelId: 'uw-none' })).toEqual([])
      await db().users.forgetUser('uw')
      expect(await readAll(db(), { userId: 'uw' })).toEqual([])
      await expectError(db().getUserMessages({ userId: 'uw', cursor: 'x' }), 'INVALID_ARGUMENT', {
        field: 'cursor',
      })
    })
  },
}
