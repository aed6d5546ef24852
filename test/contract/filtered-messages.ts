import type { DatabaseManager, GetMessagesParams } from 'convodb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { skipUnlessSqlite } from './sqlite-sql.js'
import type { GetDatabase } from './contract.js'

type Filter = Omit<GetMessagesParams, 'channelId'>

/** The ids of all pages. A page may end early, but never goes on nowhere. */
async function readAll(db: DatabaseManager, page: GetMessagesParams): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await db.getMessages({ ...page, cursor })
    expect(items.length).toBeLessThanOrEqual(page.limit ?? 100)
    expect(nextCursor).not.toBe(cursor)
    ids.push(...items.map(({ messageId }) => messageId))
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

/** Whoever borrows a connection finds all messages indexed. */
const index = (db: DatabaseManager): Promise<void> => db.withConnection(() => undefined, { mode: 'write' })

const fields = fc.record({
  channel: fc.integer({ min: 0, max: 1 }),
  timestamp: fc.integer({ min: -3, max: 3 }),
  messageType: fc.constantFrom('message', 'note', 'notes'),
  answers: fc.option(fc.constantFrom('a', 'b'), { freq: 2 }),
})
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('store' as const), fields }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('change' as const), which: fc.nat(), fields }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'index' as const }) },
  ),
  { maxLength: 30 },
)

interface Fields {
  readonly channel: number
  readonly timestamp: number
  readonly messageType: string
  readonly answers: string | null
}

const filters: readonly Filter[] = [
  { messageType: 'message' },
  { messageType: 'note' },
  { replyToMessageId: 'a' },
  { messageType: 'note', replyToMessageId: 'b' },
  { messageType: 'notes', after: -2, before: 3 },
  { messageType: 'none' },
]

/** Messages of a type, and those that answer one. */
export function describeFilteredMessages(db: GetDatabase): void {
  describe('filters of getMessages', () => {
    it('let through what has the type and answers the message, whatever was changed, deleted or indexed', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (taken, limit) => {
          const id = `fm-${(run += 1)}`
          const toRow = (messageId: string, { channel, answers, ...rest }: Fields) => ({
            messageId,
            channelId: `${id}-${channel}`,
            replyToMessageId: answers,
            ...rest,
          })
          const rows: ReturnType<typeof toRow>[] = []
          for (const [n, step] of taken.entries()) {
            if (step.kind === 'index') await index(db())
            const at = 'which' in step && rows.length > 0 ? step.which % rows.length : rows.length
            const chosen = rows[at]
            if (step.kind === 'delete' && chosen !== undefined) {
              await db().deleteMessages([chosen.messageId])
              rows.splice(at, 1)
            }
            if (!('fields' in step)) continue
            const row = toRow(chosen?.messageId ?? `${id}-m${n}`, step.fields)
            rows[at] = row
            await db().storeMessage(message(row.messageId, row))
          }
          for (const filter of filters) {
            const { messageType, replyToMessageId, before = 9, after = -9 } = filter
            const expected = rows
              .filter(
                (row) =>
                  row.channelId === `${id}-0` &&
                  (messageType === undefined || row.messageType === messageType) &&
                  (replyToMessageId === undefined || row.replyToMessageId === replyToMessageId) &&
                  row.timestamp < Number(before) &&
                  row.timestamp > Number(after),
              )
              .toSorted((one, other) => one.timestamp - other.timestamp)
              .map(({ messageId }) => messageId)
            const page = { channelId: `${id}-0`, limit, ...filter }
            expect(await readAll(db(), { ...page, order: 'asc' })).toEqual(expected)
            expect(await readAll(db(), page)).toEqual(expected.toReversed())
          }
        }),
        { numRuns: 25 },
      )
    })

    it('end a page where too many messages were looked at, and its cursor goes on', async (context) => {
      skipUnlessSqlite(db, context, 'PostgreSQL looks on, and gives a whole page')
      const rows = Array.from({ length: 45_000 }, (_, n) => {
        const isPlain = n === 3 || n === 44_000
        return message(`fl-${n}`, {
          channelId: 'fl',
          timestamp: n,
          messageType: isPlain ? 'message' : 'note',
        })
      })
      for (let from = 0; from < rows.length; from += 5_000)
        await db().addMessages(rows.slice(from, from + 5_000))
      const page = { channelId: 'fl', messageType: 'message' }
      expect(await readAll(db(), page)).toEqual(['fl-44000', 'fl-3'])
      const first = await db().getMessages(page)
      expect(first.items.map(({ messageId }) => messageId)).toEqual(['fl-44000'])
      expect(first.nextCursor).not.toBeNull()
      // By index there is nothing to pass over.
      const rare = { channelId: 'fl', messageType: 'rare' }
      expect(await db().getMessages(rare)).toEqual({ items: [], nextCursor: null })
      await db().storeMessage(message('fl-rare', { channelId: 'fl', timestamp: 0, messageType: 'rare' }))
      expect(await db().getMessages(rare)).toMatchObject({
        items: [{ messageId: 'fl-rare' }],
        nextCursor: null,
      })
    })

    it('give whole messages, and iterate', async () => {
      const answers = [1, 2, 3].map((n) =>
        message(`fi-${n}`, { channelId: 'fi', timestamp: n, replyToMessageId: 'fi-0', metadata: { n } }),
      )
      await db().addMessages([message('fi-0', { channelId: 'fi' }), ...answers])
      const filter = { channelId: 'fi', replyToMessageId: 'fi-0', order: 'asc' as const }
      expect((await db().getMessages(filter)).items).toEqual(
        await db().getMessagesByIds(['fi-1', 'fi-2', 'fi-3']),
      )
      const ids: string[] = []
      for await (const { messageId } of db().iterateMessages({ ...filter, limit: 1 })) ids.push(messageId)
      expect(ids).toEqual(['fi-1', 'fi-2', 'fi-3'])
    })
  })
}
