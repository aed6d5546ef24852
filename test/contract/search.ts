import type { SearchMessagesParams } from 'convodb'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'
import { describeSearchPages } from './search-pages.js'
import { finder, idsOf, storeTexts } from './search-support.js'
import { describeSearchedTexts } from './searched-texts.js'

export const searchCases = {
  searchMessages(db: GetDatabase) {
    it('finds a message as soon as it is stored, with all its fields', async () => {
      await db().storeMessage(message('se-now', { channelId: 'se-now', content: 'Kernel panic at boot' }))
      const { items, nextCursor } = await db().searchMessages({ text: 'kernel', channelId: 'se-now' })
      const [stored] = await db().getMessagesByIds(['se-now'])
      expect(items).toEqual([{ ...stored, score: expect.any(Number), marks: null, snippet: null }])
      expect(items[0]?.score).toBeGreaterThan(0)
      expect(nextCursor).toBeNull()
    })

    it('finds none that was deleted, and an edited one by its new words alone', async () => {
      await storeTexts(db, 'se-gone', ['alpha one', 'alpha two', 'alpha three'])
      const find = finder(db, 'se-gone')
      await db().deleteMessages(['se-gone-1'])
      await db().updateMessage({ messageId: 'se-gone-2', content: 'beta three' })
      expect(await find('alpha')).toEqual([0])
      expect(await find('three')).toEqual([2])
      expect(await find('beta')).toEqual([2])
      expect(await find('two')).toEqual([])
    })

    it('wants all words, or any', async () => {
      await storeTexts(db, 'se-all', ['red apple', 'red pear', 'green apple', 'blue sky'])
      const find = finder(db, 'se-all')
      expect(await find('red apple')).toEqual([0])
      expect(await find('red apple', { match: 'any' })).toEqual([0, 1, 2])
    })

    it('knows phrases, exclusions, beginnings and filters', async () => {
      await storeTexts(db, 'se-form', ['out of memory', 'memory of out', 'memories fade', 'out of time'])
      const find = finder(db, 'se-form')
      expect(await find('"out of memory"')).toEqual([0])
      expect(await find('“out of memory”')).toEqual([0])
      expect(await find('out -memory')).toEqual([3])
      expect(await find('memory -"out of"')).toEqual([1])
      expect(await find('memor*')).toEqual([0, 1, 2])
      expect(await find('m*')).toEqual([0, 1, 2])
      expect(await find('"of mem"*')).toEqual([0])
      expect(await find('out in:se-form from:ada')).toEqual([0, 1, 3])
      expect(await find('out in:elsewhere')).toEqual([])
      expect(await find('out from:nobody')).toEqual([])
      expect(await find('from:ada')).toEqual([0, 1, 2, 3])
      expect(await find('out after:1970 before:1970-01-02')).toEqual([0, 1, 3])
      expect(await find('out before:1970-01-01')).toEqual([])
    })

    describeSearchedTexts(db)
    describeSearchPages(db)

    it('marks what was found, in the text as it was stored', async () => {
      const content = 'Die Straße nach CAFÉ Größe'
      await storeTexts(db, 'se-mark', [content, '今天天气很好'])
      const search = { channelId: 'se-mark', highlight: true }
      const { items } = await db().searchMessages({ ...search, text: 'strasse cafe grö*' })
      const marks = items[0]?.marks ?? []
      expect(marks.map(({ start, end }) => content.slice(start, end))).toEqual(['Straße', 'CAFÉ', 'Größe'])
      expect(items[0]?.snippet).toEqual({ text: content, marks })
      const chinese = await db().searchMessages({ ...search, text: '天气很' })
      expect(chinese.items[0]?.marks).toEqual([{ start: 2, end: 5 }])
    })

    it('cuts a snippet around most of what was found', async () => {
      const content = `needle ${'hay '.repeat(200)}needle in the needle ${'straw '.repeat(200)}`
      await storeTexts(db, 'se-snip', [content])
      const { items } = await db().searchMessages({
        text: 'needle',
        channelId: 'se-snip',
        highlight: true,
        snippetLength: 60,
      })
      const snippet = items[0]?.snippet
      expect(snippet?.text).toMatch(/^….*needle in the needle.*…$/)
      expect(snippet?.text.length).toBeLessThanOrEqual(60)
      expect(snippet?.marks.map(({ start, end }) => snippet.text.slice(start, end))).toEqual([
        'needle',
        'needle',
      ])
    })

    it('marks a whole emoji, and of a word longer than the snippet what is there', async () => {
      const content = `so 👍🏽 and ❤️ and ${'z'.repeat(300)} end`
      await storeTexts(db, 'se-whole', [content])
      const search = async (text: string) => {
        const [hit] = (await db().searchMessages({ text, channelId: 'se-whole', highlight: true })).items
        return hit
      }
      const emoji = await search('👍 ❤')
      expect(emoji?.marks?.map(({ start, end }) => content.slice(start, end))).toEqual(['👍🏽', '❤️'])
      const long = await search('z*')
      expect(long?.marks).toEqual([{ start: content.indexOf('z'), end: content.lastIndexOf('z') + 1 }])
      const { text = '', marks = [] } = long?.snippet ?? {}
      expect(marks.map(({ start, end }) => text.slice(start, end))).toEqual([
        expect.stringMatching(/^z{100,160}$/),
      ])
    })

    it.each([20, 21])(
      'shows what was found at the end, behind emoji: %i characters',
      async (snippetLength) => {
        const channelId = `se-end-${snippetLength}`
        await storeTexts(db, channelId, [`${'👧'.repeat(30)}👍`])
        const search = { text: '👍', channelId, highlight: true, snippetLength }
        const [hit] = (await db().searchMessages(search)).items
        expect(hit?.snippet?.text).toMatch(/^…(👧){8}👍$/u)
        expect(hit?.snippet?.marks).toEqual([{ start: 17, end: 19 }])
      },
    )

    it('heeds filters however many words stand before them', async () => {
      await storeTexts(db, 'se-many', ['tea'])
      const find = finder(db, 'se-many')
      const words = 'tea '.repeat(100)
      expect(await find(words)).toEqual([0])
      expect(await find(`${words} from:ada`)).toEqual([0])
      expect(await find(`${words} from:nobody`)).toEqual([])
    })

    it('finds a message by the beginning of very many of its words', async () => {
      // As many as a count of two bytes begins anew with.
      const content = Array.from({ length: 65_536 }, (_, n) => `ab${n.toString(36)}`).join(' ')
      await storeTexts(db, 'se-begin', [content, 'other'])
      expect(await finder(db, 'se-begin')('ab*')).toEqual([0])
    })

    it('gives the best first: rare words, often, in short messages, and the newest of equals', async () => {
      await storeTexts(db, 'se-best', [
        'zebra',
        'zebra and a very long message about something else entirely, which goes on',
        'zebra zebra zebra',
        'zebra',
        ...Array.from({ length: 30 }, () => 'common words'),
        'common zebra',
        'common unicorn',
      ])
      const params = { channelId: 'se-best', recencyWeight: 0, limit: 100 }
      const zebras = await db().searchMessages({ ...params, text: 'zebra' })
      expect(idsOf(zebras.items)).toEqual(['se-best-2', 'se-best-3', 'se-best-0', 'se-best-34', 'se-best-1'])
      const any = await db().searchMessages({ ...params, text: 'common unicorn', match: 'any', limit: 2 })
      expect(idsOf(any.items)[0]).toBe('se-best-35')
    })

    it('weighs what is old less, as much as it is told to', async () => {
      const day = 24 * 60 * 60 * 1000
      await db().addMessages([
        message('se-old', { channelId: 'se-recent', content: 'tea tea', timestamp: 0 }),
        message('se-new', { channelId: 'se-recent', content: 'tea for two', timestamp: 400 * day }),
      ])
      const search = async (recencyWeight: number): Promise<string[]> => {
        const { items } = await db().searchMessages({ text: 'tea', channelId: 'se-recent', recencyWeight })
        return idsOf(items)
      }
      expect(await search(0)).toEqual(['se-old', 'se-new'])
      expect(await search(1)).toEqual(['se-new', 'se-old'])
    })

    it('pages in either order without skipping or repeating, while messages come', async () => {
      await storeTexts(
        db,
        'se-page',
        Array.from({ length: 25 }, (_, index) => `page ${'x '.repeat(index % 5)}`),
      )
      for (const order of ['relevance', 'time'] as const) {
        const seen: string[] = []
        let cursor: string | undefined
        for (let page = 0; page < 9; page += 1) {
          const { items, nextCursor } = await db().searchMessages({
            text: 'page',
            channelId: 'se-page',
            order,
            limit: 4,
            cursor,
          })
          seen.push(...idsOf(items))
          await db().storeMessage(
            message(`se-page-more-${order}-${page}`, {
              channelId: 'se-page',
              content: 'page',
              timestamp: 99_000,
            }),
          )
          if (nextCursor === null) break
          cursor = nextCursor
        }
        const first = seen.filter((id) => !id.includes('more'))
        expect(new Set(seen).size).toBe(seen.length)
        expect(first).toHaveLength(25)
      }
    })

    it('orders by time, whatever the order of storing', async () => {
      const times = [5, 1, 4, 2, 3, 2]
      await db().addMessages(
        times.map((timestamp, index) =>
          message(`se-time-${index}`, { channelId: 'se-time', content: 'tick', timestamp }),
        ),
      )
      const { items } = await db().searchMessages({ text: 'tick', channelId: 'se-time', order: 'time' })
      expect(items.map(({ timestamp }) => timestamp.getTime())).toEqual([5, 4, 3, 2, 2, 1])
      expect(idsOf(items).slice(3, 5)).toEqual(['se-time-5', 'se-time-3'])
      const between = await db().searchMessages({
        text: 'tick',
        channelId: 'se-time',
        after: 1,
        before: 4,
        order: 'time',
      })
      expect(between.items.map(({ timestamp }) => timestamp.getTime())).toEqual([3, 2, 2])
    })

    it('keeps to channels, a user and a type', async () => {
      await db().addMessages([
        message('se-f1', { channelId: 'se-f-a', userId: 'se-ann', content: 'filter' }),
        message('se-f2', { channelId: 'se-f-b', userId: 'se-ben', content: 'filter' }),
        message('se-f3', { channelId: 'se-f-c', userId: 'se-ann', content: 'filter', messageType: 'note' }),
      ])
      const search = async (params: Partial<SearchMessagesParams>): Promise<string[]> => {
        const { items } = await db().searchMessages({ text: 'filter', ...params })
        return idsOf(items)
          .filter((id) => id.startsWith('se-f'))
          .toSorted()
      }
      expect(await search({ channelIds: ['se-f-a', 'se-f-c', 'se-f-none'] })).toEqual(['se-f1', 'se-f3'])
      expect(await search({ channelIds: [] })).toEqual([])
      expect(await search({ userId: 'se-ann' })).toEqual(['se-f1', 'se-f3'])
      expect(await search({ messageType: 'note' })).toEqual(['se-f3'])
      expect(await search({ channelId: 'se-f-a', channelIds: ['se-f-b'] })).toEqual([])
      expect(await search({ text: 'filter in:se-f-a in:se-f-b', userId: 'se-ben' })).toEqual(['se-f2'])
    })

    it('forgets a user with all their words', async () => {
      await db().addMessages([
        message('se-u1', { channelId: 'se-forget', userId: 'se-forgotten', content: 'secret plan' }),
        message('se-u2', { channelId: 'se-forget', userId: 'se-stays', content: 'secret garden' }),
      ])
      await db().users.forgetUser('se-forgotten')
      const { items } = await db().searchMessages({ text: 'secret', channelId: 'se-forget' })
      expect(idsOf(items)).toEqual(['se-u2'])
    })

    it('sees inside a transaction what it has changed', async () => {
      await storeTexts(db, 'se-tx', ['before', 'before too'])
      const ids = await db().transaction(async (transaction) => {
        await transaction.updateMessage({ messageId: 'se-tx-0', content: 'after' })
        await transaction.storeMessage(message('se-tx-2', { channelId: 'se-tx', content: 'after all' }))
        await transaction.deleteMessages(['se-tx-1'])
        const after = await transaction.searchMessages({ text: 'after', channelId: 'se-tx' })
        const before = await transaction.searchMessages({ text: 'before', channelId: 'se-tx' })
        return [idsOf(after.items).toSorted(), idsOf(before.items)]
      })
      expect(ids).toEqual([['se-tx-0', 'se-tx-2'], []])
      const find = finder(db, 'se-tx')
      expect(await find('after')).toEqual([0, 2])
      expect(await find('before')).toEqual([])
    })

    it('refuses what is no search', async () => {
      await expectError(db().searchMessages({ text: 'a', limit: 0 }), 'INVALID_ARGUMENT')
      await expectError(db().searchMessages({ text: 'a', cursor: 'x' }), 'INVALID_ARGUMENT', {
        field: 'cursor',
      })
      await expectError(db().searchMessages({ text: 'a', recencyWeight: 2 }), 'INVALID_ARGUMENT', {
        field: 'recencyWeight',
      })
    })
  },
}
