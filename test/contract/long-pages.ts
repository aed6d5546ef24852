import { describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

interface Page {
  readonly items: readonly object[]
  readonly nextCursor: string | null
}

/** The sizes of the pages of a listing, and its items in one list. */
async function readPages(read: (cursor: string | undefined) => Promise<Page>) {
  const sizes: number[] = []
  const items: object[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    sizes.push(page.items.length)
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return { sizes, items }
}

const million = 1024 * 1024
const numbers = Array.from({ length: 12 }, (_, n) => n)
/** No two are alike, and one is short. */
const long = (n: number): string => (n === 3 ? 'short' : `${n} `.padEnd(million, 'é"'))
const metadata = (n: number) => ({ n, text: 'x'.repeat(million) })

/** Of twelve rows of a million characters, one of which is short, eight or nine are on the first page. */
function expectTwoPages(sizes: readonly number[]): void {
  expect(sizes).toHaveLength(2)
  expect(sizes[0]).toBeGreaterThanOrEqual(8)
  expect(sizes[0]).toBeLessThanOrEqual(10)
}

/** Pages of long rows end early, so that an answer has a bound, whatever is in it. */
export function describeLongPages(db: GetDatabase): void {
  describe('pages of long rows', () => {
    it('of messages end early and go on exactly, either way, merged and unindexed ones, with equal times', async () => {
      const channelId = 'lp-messages'
      const rows = numbers.map((n) =>
        message(`lp-message-${n}`, { channelId, content: long(n), timestamp: Math.floor(n / 4) }),
      )
      await db().addMessages(rows.slice(0, 10))
      await db().withConnection(() => undefined, { mode: 'write' })
      await db().addMessages(rows.slice(10))
      const expected = rows.map(({ messageId, content }) => ({ messageId, content }))
      for (const order of ['asc', 'desc'] as const) {
        const { sizes, items } = await readPages((cursor) => db().getMessages({ channelId, order, cursor }))
        expect(items).toMatchObject(order === 'asc' ? expected : expected.toReversed())
        expectTwoPages(sizes)
      }
    })

    it('of messages hold one at least', async () => {
      const channelId = 'lp-one'
      const content = 'x'.repeat(9 * million)
      await db().addMessages(
        numbers.slice(0, 3).map((n) => message(`lp-one-${n}`, { channelId, content, timestamp: n })),
      )
      const { sizes, items } = await readPages((cursor) => db().getMessages({ channelId, cursor }))
      expect(sizes).toEqual([1, 1, 1])
      expect(items).toHaveLength(3)
    })

    it('of segments end early and go on exactly', async () => {
      const channelId = 'lp-segments'
      for (const n of numbers) {
        const fields = { startTime: Math.floor(n / 4), endTime: 9, summary: long(n) }
        await db().createConversationSegment({ segmentId: `lp-${n}`, channelId, ...fields })
      }
      const expected = numbers.map((n) => ({ segmentId: `lp-${n}`, summary: long(n) }))
      for (const read of [
        (cursor: string | undefined) => db().getConversationSegments({ channelId, order: 'asc', cursor }),
        (cursor: string | undefined) =>
          db().getOverlappingSegments({ channelId, startTime: 0, endTime: 9, order: 'asc', cursor }),
      ]) {
        const { sizes, items } = await readPages(read)
        expect(items).toMatchObject(expected)
        expectTwoPages(sizes)
      }
    })

    it('of channels and of users end early and go on exactly', async () => {
      for (const n of numbers) {
        await db().upsertChannel({ channelId: `lp-channel-${n}`, metadata: metadata(n) })
        await db().users.upsertUser({ userId: `lp-${n}`, displayName: `Lengthy ${n}`, metadata: metadata(n) })
      }
      const channels = await readPages((cursor) => db().listChannels({ order: 'asc', cursor }))
      const ours = channels.items.filter((item) =>
        String(Reflect.get(item, 'channelId')).startsWith('lp-channel-'),
      )
      expect(ours).toMatchObject(numbers.map((n) => ({ channelId: `lp-channel-${n}`, metadata: { n } })))
      const users = await readPages((cursor) => db().users.searchByDisplayName({ query: 'lengthy', cursor }))
      expect(users.items).toMatchObject(numbers.map((n) => ({ userId: `lp-${n}`, metadata: { n } })))
      expect(users.sizes.length).toBeGreaterThan(1)
      for (const n of numbers) await db().deleteChannel(`lp-channel-${n}`)
    })
  })
}
