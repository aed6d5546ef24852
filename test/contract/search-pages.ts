import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'
import { idsOf, storeTexts } from './search-support.js'

/** Pages of hits while what they show changes. */
export function describeSearchPages(db: GetDatabase): void {
  it.each(['relevance', 'time'] as const)(
    'goes on by %s where it was, though others are deleted and edited',
    async (order) => {
      const channelId = `se-cut-${order}`
      await storeTexts(db, channelId, [
        ...Array.from({ length: 30 }, () => 'tea'),
        ...Array.from({ length: 30 }, () => 'milk'),
      ])
      const seen: string[] = []
      let cursor: string | undefined
      for (let page = 0; page < 20; page += 1) {
        const search = { text: 'tea', channelId, order, limit: 4, cursor, recencyWeight: 0 }
        const { items, nextCursor } = await db().searchMessages(search)
        seen.push(...idsOf(items))
        if (nextCursor === null) break
        cursor = nextCursor
        // A word becomes rarer, and then more usual than it was.
        if (page === 1) await db().deleteMessages([`${channelId}-0`, `${channelId}-29`])
        if (page === 3)
          for (const n of [50, 51, 52, 53])
            await db().updateMessage({ messageId: `${channelId}-${n}`, content: 'tea' })
      }
      const expected = Array.from({ length: 29 }, (_, index) => `${channelId}-${29 - index}`)
      expect(seen).toEqual(expected)
    },
  )

  it('gives each message once to filters without words, though it looked before others were stored', async () => {
    const find = async (): Promise<string[]> =>
      idsOf((await db().searchMessages({ text: 'after:1890 before:1892' })).items)
    const ids = ['se-once-0', 'se-once-1', 'se-once-2']
    for (const [index, id] of ids.entries()) {
      await db().storeMessage(message(id, { timestamp: new Date(`1890-0${index + 1}-01`) }))
      expect(await find()).toEqual(ids.slice(0, index + 1).toReversed())
    }
  })

  it('refuses the cursor of a question of other words', async () => {
    await storeTexts(db, 'se-other', ['tea milk', 'tea milk', 'tea milk'])
    const search = { channelId: 'se-other', limit: 1 }
    const { nextCursor } = await db().searchMessages({ ...search, text: 'tea' })
    for (const text of ['tea milk', 'milk', 'tea*', 'tea -cake'])
      await expectError(
        db().searchMessages({ ...search, text, cursor: nextCursor ?? '' }),
        'INVALID_ARGUMENT',
        { field: 'cursor' },
      )
    const { items } = await db().searchMessages({ ...search, text: ' TEA', cursor: nextCursor ?? '' })
    expect(items).toHaveLength(1)
  })

  it('tells by its cursor nothing of messages that it has not found', async () => {
    await storeTexts(db, 'se-blind', ['tea', 'tea'])
    const cursorNow = async (): Promise<string | null> => {
      const search = { text: 'tea', channelId: 'se-blind', limit: 1 }
      return (await db().searchMessages(search)).nextCursor
    }
    // The length of messages is that of all channels; whoever is held to some is told of a usual one.
    const numbersOf = (cursor: string | null): unknown[] => {
      const numbers: unknown = JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString())
      return Array.isArray(numbers) ? numbers.slice(1, 5) : []
    }
    const before = numbersOf(await cursorNow())
    await db().storeMessage(message('se-blind-else', { channelId: 'se-blind-else', content: 'tea' }))
    expect(numbersOf(await cursorNow())).toEqual(before)
  })
}
