import { openDatabase, type DatabaseManager, type NewMessage, type SearchMessagesParams } from 'convodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryDatabase } from '../support/databases.js'
import { lookAtWords, type IndexedWords } from '../support/indexed-words.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { randomNumbers } from '../support/random-numbers.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

let db: DatabaseManager
let inFile: DatabaseManager
let words: IndexedWords
beforeEach(async () => {
  const url = await server.createDatabase()
  db = await openDatabase(url, { readers: 1 })
  words = await lookAtWords(url)
  inFile = await temporaryDatabase()
})
afterEach(async () => {
  await words.close()
  await db.close()
})

const vocabulary = [
  'tea',
  'teapot',
  'milk',
  'Zucker',
  'foo_bar',
  '天气',
  '今天天气很好',
  'がぎ',
  '👍🏽',
  'Größe',
  'x',
]

function newMessages(count: number, seed: number): NewMessage[] {
  const { below: random } = randomNumbers(seed)
  return Array.from({ length: count }, (_, n) => {
    const length = 1 + random(6) * random(6)
    const texts = Array.from({ length }, () => vocabulary[random(random(vocabulary.length) + 1)])
    return message(`m${n}`, {
      channelId: `channel-${random(3)}`,
      userId: `user-${random(4)}`,
      content: texts.join(random(4) === 0 ? '，' : ' '),
      timestamp: random(3_000) * 86_400_000,
      messageType: random(5) === 0 ? 'note' : 'message',
    })
  })
}

const questions: readonly SearchMessagesParams[] = [
  { text: 'tea' },
  { text: 'tea', recencyWeight: 0 },
  { text: 'tea milk', channelId: 'channel-1' },
  { text: 'tea milk zucker', match: 'any' },
  { text: 'te*', channelIds: ['channel-0', 'channel-2', 'none'] },
  { text: 't* 天', match: 'any', recencyWeight: 1, recencyHalfLifeMs: 1_000_000_000 },
  { text: '"tea milk"' },
  { text: '"tea mi"*' },
  { text: 'foo_bar' },
  { text: 'foo_bar 今天天气', match: 'any' },
  { text: '天气很' },
  { text: '天，气' },
  { text: 'tea -milk -"foo bar" -ze*' },
  { text: 'grosse', userId: 'user-1' },
  { text: 'tea milk', match: 'any', messageType: 'note' },
  { text: 'tea from:user-1 from:user-2 after:1972 before:1976-06' },
  { text: 'tea', order: 'time' },
  { text: '"tea milk" 👍', order: 'time', match: 'any' },
  { text: 'tea -"tea tea"', order: 'time', channelId: 'channel-2' },
  { text: 'from:user-3 -tea -"foo bar"' },
  { text: 'in:channel-0 after:1975' },
  { text: 'before:1971' },
  { text: 'nothing', match: 'any' },
]

/** All pages of it. */
async function findAll(of: DatabaseManager, question: SearchMessagesParams) {
  const found: { readonly id: string; readonly score: number }[] = []
  let cursor: string | undefined
  do {
    const page = await of.searchMessages({ ...question, limit: 97, cursor })
    found.push(...page.items.map(({ messageId: id, score }) => ({ id, score })))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return found
}

/** Of messages that are not indexed only those of the channels asked for are looked at, so the usual length is known less well. */
const isExact = ({ channelId, channelIds }: SearchMessagesParams, isIndexed: boolean): boolean =>
  isIndexed || (channelId === undefined && channelIds === undefined)

async function expectSame({ isIndexed }: { readonly isIndexed: boolean }): Promise<void> {
  for (const question of questions) {
    const expected = await findAll(inFile, question)
    const found = await findAll(db, question)
    const idsOf = (hits: typeof found): string[] => {
      const ids = hits.map(({ id }) => id)
      return isExact(question, isIndexed) ? ids : ids.toSorted()
    }
    expect([question, idsOf(found)]).toEqual([question, idsOf(expected)])
    if (!isExact(question, isIndexed)) continue
    for (const [index, { score }] of found.entries())
      expect(score).toBeCloseTo(expected[index]?.score ?? 0, 9)
  }
}

const inBoth = async (work: (of: DatabaseManager) => Promise<unknown>): Promise<void> => {
  for (const of of [db, inFile]) await work(of)
}

describe('a search on PostgreSQL', () => {
  it('finds the same as one in a file, in the same order and with the same scores, indexed or not', async () => {
    const rows = newMessages(1_500, 1)
    const letOn = await words.forbid()
    await inBoth((of) => of.addMessages(rows.slice(0, 1_000)))
    await expectSame({ isIndexed: false })
    await letOn()
    await words.all()
    await expectSame({ isIndexed: true })
    const letOnAgain = await words.forbid()
    await inBoth((of) => of.addMessages(rows.slice(1_000)))
    await expectSame({ isIndexed: false })
    await letOnAgain()
    await words.all()
    await expectSame({ isIndexed: true })
  })

  it('finds the same when messages are deleted, edited and moved', async () => {
    const rows = newMessages(600, 2)
    await inBoth((of) => of.addMessages(rows))
    await words.all()
    const letOn = await words.forbid()
    const others = newMessages(200, 3)
    await inBoth((of) => of.addMessages(others))
    await inBoth((of) => of.deleteMessages(Array.from({ length: 100 }, (_, n) => `m${5 * n}`)))
    const expectSameHits = async (): Promise<void> => {
      for (const question of questions) {
        const idsOf = async (of: DatabaseManager) =>
          (await findAll(of, question)).map(({ id }) => id).toSorted()
        expect([question, await idsOf(db)]).toEqual([question, await idsOf(inFile)])
      }
    }
    await expectSameHits()
    await letOn()
    await words.all()
    await expectSameHits()
  })

  it('counts up to 255 of a word, and of the words of a message', async () => {
    const rows = [1, 2, 100, 254, 255, 256, 1_000].flatMap((count) => [
      message(`tea-${count}`, { content: 'tea '.repeat(count) }),
      message(`mixed-${count}`, {
        content: `${'tea '.repeat(count)}${'milk '.repeat(300 - Math.min(count, 300))}`,
      }),
    ])
    await inBoth((of) => of.addMessages(rows))
    await expectSame({ isIndexed: false })
    await words.all()
    await expectSame({ isIndexed: true })
  })

  it('takes questions as long as there may be', async () => {
    const han = Array.from({ length: 10_000 }, (_, n) => String.fromCodePoint(0x4e_00 + n)).join('')
    const latin = Array.from({ length: 2_000 }, (_, n) => n.toString(36)).join(' ')
    await inBoth((of) =>
      of.addMessages([
        message('han', { content: han }),
        message('latin', { content: latin }),
        message('part', { content: han.slice(0, 5_000) }),
      ]),
    )
    const ask = async (): Promise<void> => {
      for (const text of [han, `"${latin}"`, latin, `-"${latin}" ${han.slice(9_000)}`])
        for (const match of ['all', 'any'] as const) {
          const found = await findAll(db, { text, match })
          expect(found.map(({ id }) => id)).toEqual(
            (await findAll(inFile, { text, match })).map(({ id }) => id),
          )
        }
    }
    await ask()
    await words.all()
    await ask()
  })
})
