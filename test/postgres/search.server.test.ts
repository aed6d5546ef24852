import { openDatabase, type DatabaseManager, type NewMessage } from 'convodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { lookAtWords, type IndexedWords } from '../support/indexed-words.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { nextWarning } from '../support/warnings.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

let url: string
let db: DatabaseManager
let words: IndexedWords
beforeEach(async () => {
  url = await server.createDatabase()
  db = await openDatabase(url, { readers: 2 })
  words = await lookAtWords(url)
})
afterEach(async () => {
  await words.close()
  await db.close()
})

const find = async (text: string, of = db): Promise<string[]> => {
  const { items } = await of.searchMessages({ text, limit: 10_000 })
  return items.map(({ messageId }) => messageId).toSorted()
}

/** Of each, before its words are indexed and after. */
async function expectFound(expected: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [text, ids] of Object.entries(expected)) expect([text, await find(text)]).toEqual([text, ids])
  await words.all()
  for (const [text, ids] of Object.entries(expected)) expect([text, await find(text)]).toEqual([text, ids])
}

const store = (messageId: string, content: string, fields: Partial<NewMessage> = {}) =>
  db.storeMessage(message(messageId, { content, ...fields }))

describe('searching words on PostgreSQL', () => {
  it('misses nothing that several processes store, edit and delete at once', async () => {
    const other = await openDatabase(url, { readers: 1 })
    const expected = new Set<string>()
    const run = async (of: DatabaseManager, name: string): Promise<void> => {
      for (let round = 0; round < 40; round += 1) {
        const ids = Array.from({ length: 25 }, (_, n) => `${name}-${round}-${n}`)
        const content = `alpha ${name}${round}`
        await Promise.all([
          ...ids.map((id, n) => of.storeMessage(message(id, { channelId: `channel-${n % 3}`, content }))),
          of.addMessages([message(`${name}-${round}-many`, { content })]),
        ])
        // What is acknowledged is found, by whichever process.
        for (const at of [db, other]) expect(await find(`${name}${round}`, at)).toHaveLength(26)
        await of.deleteMessages(ids.slice(0, 5))
        await Promise.all(
          ids.slice(5, 10).map((messageId) => of.updateMessage({ messageId, content: 'beta' })),
        )
        for (const id of [...ids.slice(10), `${name}-${round}-many`]) expected.add(id)
      }
    }
    await Promise.all([run(db, 'one'), run(other, 'two')])
    await expectFound({ alpha: [...expected].toSorted() })
    expect(await find('beta', other)).toHaveLength(2 * 40 * 5)
    expect(await words.count('alpha')).toBe(expected.size)
    await other.close()
  })

  it('goes on when whoever indexes dies in the middle', async () => {
    const letOn = await words.hold()
    await store('one', 'kettle one')
    await store('two', 'kettle two')
    await words.killIndexer()
    expect(await find('kettle')).toEqual(['one', 'two'])
    await letOn()
    await expectFound({ kettle: ['one', 'two'] })
    expect(await words.count('kettle')).toBe(2)
  })

  it('leaves no words of what is edited, moved, deleted or forgotten while they are indexed', async () => {
    await store('edited', 'secret edited')
    await store('moved', 'secret moved')
    await store('deleted', 'secret deleted')
    await store('forgotten', 'secret forgotten', { userId: 'eve' })
    await store('gone', 'secret gone', { channelId: 'gone' })
    const letOn = await words.hold()
    await store('more', 'public more')
    const changes = [
      db.updateMessage({ messageId: 'edited', content: 'public edited' }),
      store('moved', 'public moved', { channelId: 'elsewhere' }),
      db.deleteMessages(['deleted']),
      db.users.forgetUser('eve'),
      db.deleteChannel('gone'),
    ]
    await letOn()
    await Promise.all(changes)
    await expectFound({ secret: [], public: ['edited', 'more', 'moved'], 'in:elsewhere public': ['moved'] })
    expect(await words.count('secret')).toBe(0)
    expect(await words.count('public')).toBe(3)
  })

  it('finds an edited message by its new words alone while nobody indexes', async () => {
    await store('one', 'old words')
    await words.all()
    const letOn = await words.forbid()
    await db.updateMessage({ messageId: 'one', content: 'new words' })
    expect([await find('old'), await find('new'), await find('words')]).toEqual([[], ['one'], ['one']])
    expect(await words.count('old')).toBe(0)
    await letOn()
    await expectFound({ old: [], new: ['one'] })
  })

  it('finds a message by any of more words than a tsvector holds, and leaves none of them behind', async () => {
    const many = Array.from({ length: 150_000 }, (_, n) => `word${n.toString(36).padStart(6, 'x')}`)
    const first = many[0] ?? ''
    const last = many.at(-1) ?? ''
    await store('long', many.join(' '))
    await store('short', `${first} ${last}`)
    await expectFound({
      [first]: ['long', 'short'],
      [`${first} ${last}`]: ['long', 'short'],
      [`"${first} ${last}"`]: ['short'],
      [`"${many[74_999]} ${many[75_000]}"`]: ['long'],
      'wordx*': ['long', 'short'],
      [`${first} -${many[100_000]}`]: ['short'],
      [`${last} -"${first} ${last}"`]: ['long'],
      'missing wordx*': [],
    })
    expect(await words.count(`'${last}'`)).toBe(2)
    await db.updateMessage({ messageId: 'long', content: 'no more' })
    expect(await words.count(`'${last}'`)).toBe(1)
    await expectFound({ [last]: ['short'], more: ['long'] })
  })

  it('finds U+0000 and U+0001 between words, and marks in the text as it was stored', async () => {
    const content = 'a\u0000kettle\u0001\u0000boils\u0000'
    await store('nul', content, { channelId: 'c\u0000\u0001', userId: 'u\u0000' })
    await expectFound({ kettle: ['nul'], '"kettle boils"': ['nul'], 'a\u0000kettle': ['nul'], kettle0: [] })
    const { items } = await db.searchMessages({
      text: 'boils',
      channelId: 'c\u0000\u0001',
      userId: 'u\u0000',
      highlight: true,
    })
    expect(items[0]?.marks?.map(({ start, end }) => content.slice(start, end))).toEqual(['boils'])
  })

  it('takes the first 64 characters of a long word, of any plane', async () => {
    for (const letter of ['x', 'é', '𐐨']) {
      const word = letter.repeat(64)
      await store(`${letter}-64`, word)
      await store(`${letter}-65`, `${word}${letter}`)
      await store(`${letter}-63`, letter.repeat(63))
      await expectFound({
        [word]: [`${letter}-64`, `${letter}-65`],
        [`${word}abc`]: [`${letter}-64`, `${letter}-65`],
        [letter.repeat(63)]: [`${letter}-63`],
        [`${letter.repeat(63)}*`]: [`${letter}-63`, `${letter}-64`, `${letter}-65`],
      })
    }
  })

  it('keeps to the channels that a request is held to, and tells nothing of others', async () => {
    const long = `c${'x'.repeat(1_000)}`
    await store('own', 'tea', { channelId: long })
    await store('foreign', 'tea tea tea', { channelId: 'foreign' })
    const held = async (text: string) => {
      const options = { withinChannels: [long] }
      const [found] = await db.executeEach([{ name: 'searchMessages', params: { text, limit: 1 } }], options)
      return found
    }
    const before = await held('tea')
    expect(before).toMatchObject({ ok: true, value: { items: [{ messageId: 'own' }], nextCursor: null } })
    await words.all()
    await store('more', 'tea', { channelId: 'foreign' })
    expect(await held('tea')).toEqual(before)
    expect(await held('tea in:foreign')).toMatchObject({ value: { items: [] } })
  })

  it('answers SEARCH_OFF where it was opened so, and others find what such a process stores', async () => {
    const off = await openDatabase(url, { search: false, readers: 1 })
    await off.storeMessage(message('quiet', { content: 'kettle' }))
    await expectError(off.searchMessages({ text: 'kettle' }), 'SEARCH_OFF')
    await expectError(off.searchMessages({ text: 'kettle', order: 'time' }), 'SEARCH_OFF')
    await expectError(off.recall({ text: 'kettle' }), 'SEARCH_OFF')
    await expectError(
      off.transaction((transaction) => transaction.searchMessages({ text: 'kettle' })),
      'SEARCH_OFF',
    )
    await expectFound({ kettle: ['quiet'] })
    await off.close()
  })

  it('whoever may not index says so by what the server said first', async () => {
    await db.close()
    const name = new URL(url).pathname.slice(1)
    const other = await openDatabase(url, { readers: 1, search: false })
    await other.storeMessage(message('ro', { content: 'unread' }))
    await other.withConnection(
      (connection) => connection.exec(`ALTER DATABASE ${name} SET default_transaction_read_only = on`),
      { mode: 'write' },
    )
    await other.close()
    const warned = nextWarning('CONVODB_WORDS')
    db = await openDatabase(url, { readers: 1 })
    expect(await warned).toMatchObject({ message: expect.stringContaining('read-only transaction') })
    expect(await find('unread')).toEqual(['ro'])
  })

  it('says that it is not ready where very many messages wait, and is ready once their words are indexed', async () => {
    const letOn = await words.forbid()
    const rows = Array.from({ length: 33_000 }, (_, n) => message(`n${n}`, { content: `tea ${n}` }))
    await db.addMessages(rows)
    await store('elsewhere', 'tea elsewhere', { channelId: 'elsewhere' })
    await expectError(db.searchMessages({ text: 'tea' }), 'SEARCH_NOT_READY', {
      indexedMessages: 0,
      messages: 33_001,
    })
    // In one channel there is little to look at.
    const { items } = await db.searchMessages({ text: 'tea', channelId: 'elsewhere' })
    expect(items.map(({ messageId }) => messageId)).toEqual(['elsewhere'])
    await letOn()
    await words.all()
    expect(await find('32999')).toEqual(['n32999'])
    expect(await words.count('tea')).toBe(33_001)
  })
})
