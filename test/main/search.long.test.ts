import { join } from 'node:path'
import type { DatabaseManager, NewMessage } from 'convodb'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { untilWordsArePaged } from '../support/pages-of-words.js'

const words = ['tea', 'milk', 'sugar', 'lemon', 'honey', 'mint', '茶', '牛奶', 'Ünïcode', 'x']

const write = { mode: 'write' } as const

/** The same numbers in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
    return (state >>> 8) % below
  }
}

const textOf = (random: (below: number) => number): string =>
  Array.from({ length: 1 + random(5) }, () => words[random(words.length)]).join(' ')

const newMessage = (n: number, random: (below: number) => number): NewMessage =>
  message(`m${n}`, {
    channelId: `channel-${random(3)}`,
    userId: `user-${random(4)}`,
    content: textOf(random),
    timestamp: random(1_000_000),
  })

/** What a search should find: every pair of words, in one channel and in all, in both orders. */
async function expectAllFound(db: DatabaseManager, stored: ReadonlyMap<string, NewMessage>): Promise<void> {
  for (const [one, other] of [
    ['tea', 'milk'],
    ['茶', 'x'],
    ['牛奶', 'ünicode'],
    ['honey', 'honey'],
  ] as const) {
    for (const channelId of [undefined, 'channel-1']) {
      const expected = [...stored.values()]
        .filter((row) => channelId === undefined || row.channelId === channelId)
        .filter(({ content }) => {
          const found = content.replaceAll('Ünïcode', 'ünicode').split(' ')
          return found.includes(one) && found.includes(other)
        })
      for (const order of ['time', 'relevance'] as const) {
        const found: string[] = []
        const times: number[] = []
        let cursor: string | undefined
        do {
          const page = await db.searchMessages({
            text: `${one} ${other}`,
            channelId,
            order,
            limit: 700,
            cursor,
          })
          found.push(...page.items.map(({ messageId }) => messageId))
          times.push(...page.items.map(({ timestamp }) => timestamp.getTime()))
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        expect(found.toSorted()).toEqual(expected.map(({ messageId }) => messageId).toSorted())
        if (order === 'time') expect(times).toEqual(times.toSorted((a, b) => b - a))
      }
    }
  }
}

describe('the index of words', () => {
  it('finds what is there through stores, edits, moves and deletions, over several blocks', async () => {
    const db = await temporaryDatabase({}, join(await temporaryFolder(), 'chat.db'))
    const random = randomNumbers(7)
    const stored = new Map<string, NewMessage>()
    const store = async (count: number): Promise<void> => {
      const rows = Array.from({ length: count }, () => newMessage(random(40_000), random))
      await db.addMessages(rows)
      for (const row of rows) stored.set(row.messageId, row)
    }
    for (const count of [1, 100, 9_000, 20_000, 50]) {
      await store(count)
      const ids = [...stored.keys()]
      const deleted = Array.from({ length: 40 }, () => ids[random(ids.length)] ?? '')
      await db.deleteMessages(deleted)
      for (const id of deleted) stored.delete(id)
      for (const id of [...stored.keys()].slice(-20)) {
        const row = stored.get(id)
        const content = textOf(random)
        if (row !== undefined) stored.set(id, { ...row, content })
        await db.updateMessage({ messageId: id, content })
      }
      await expectAllFound(db, stored)
    }
    await db.deleteChannel('channel-1')
    for (const [id, row] of stored) if (row.channelId === 'channel-1') stored.delete(id)
    await db.users.forgetUser('user-2')
    for (const [id, row] of stored) if (row.userId === 'user-2') stored.delete(id)
    await expectAllFound(db, stored)
    expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
  })

  it('leaves nothing of a failed call, of a lease rolled back, nor of one that it commits', async () => {
    const db = await temporaryDatabase({}, join(await temporaryFolder(), 'chat.db'))
    await db.addMessages(Array.from({ length: 9_000 }, (_, n) => message(`m${n}`, { content: `old n${n}` })))
    const search = async (text: string): Promise<number> =>
      (await db.searchMessages({ text, limit: 10_000 })).items.length
    const failing = db.batch([
      { name: 'updateMessage', params: { messageId: 'm1', content: 'new' } },
      { name: 'updateMessage', params: { messageId: 'none', content: 'new' } },
    ])
    await expectError(failing, 'NOT_FOUND')
    const together = [
      db.updateMessage({ messageId: 'm2', content: 'newer' }),
      db.updateMessage({ messageId: 'none', content: 'new' }),
      db.deleteMessages(['m3']),
    ]
    await Promise.allSettled(together)
    expect([await search('old'), await search('new'), await search('newer')]).toEqual([8_998, 0, 1])
    await db
      .withConnection(async (connection) => {
        await connection.run(`UPDATE messages SET content = 'new' WHERE message_key < 100`)
        throw new Error('changed my mind')
      }, write)
      .catch(() => undefined)
    expect(await search('new')).toBe(0)
    await db.withConnection(async (connection) => {
      await connection.run(`UPDATE messages SET content = 'new' WHERE message_id = 'm5'`)
      await connection.run(`DELETE FROM messages WHERE message_id = 'm6'`)
      await connection.run(
        `INSERT INTO messages (message_key, message_id, channel_key, user_key, content, timestamp, message_type)
         VALUES (9001, 'lent', 1, 1, 'new and lent', 5, 'message')`,
      )
      await connection.run('SAVEPOINT here')
      await connection.run(`DELETE FROM messages WHERE message_id = 'm7'`)
      await connection.run('ROLLBACK TO here')
    }, write)
    expect([await search('old'), await search('new'), await search('n7')]).toEqual([8_996, 2, 1])
    expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
  })

  it('is searched while messages come and go: what is acknowledged is found, what is deleted is not', async () => {
    const db = await temporaryDatabase({ readers: 2 }, join(await temporaryFolder(), 'chat.db'))
    const over = new AbortController()
    const fill = async (): Promise<void> => {
      for (let n = 0; !over.signal.aborted; n += 1)
        await db.addMessages(
          Array.from({ length: 500 }, (_, at) => message(`fill-${n}-${at}`, { content: 'noise' })),
        )
    }
    const filling = fill()
    for (let n = 0; n < 60; n += 1) {
      await db.storeMessage(message(`mine-${n}`, { content: `signal unique${n}` }))
      const { items } = await db.searchMessages({ text: `unique${n}` })
      expect(items.map(({ messageId }) => messageId)).toEqual([`mine-${n}`])
      await db.deleteMessages([`mine-${n}`])
      expect((await db.searchMessages({ text: `unique${n}` })).items).toEqual([])
    }
    over.abort()
    await filling
  })
})

describe('search: false', () => {
  it('leaves the index out, and it is made when it is wanted, from where it was', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const first = await temporaryDatabase({ search: false }, path)
    const rows = Array.from({ length: 50_000 }, (_, n) => message(`m${n}`, { content: `plain n${n}` }))
    await first.addMessages(rows)
    await expectError(first.searchMessages({ text: 'plain' }), 'SEARCH_OFF')
    await first.close()
    const indexed = new Database(path, { readonly: true })
    expect(indexed.prepare('SELECT count(*) FROM message_words').pluck().get()).toBe(0)
    indexed.close()
    // Closed again while it is being made.
    const second = await temporaryDatabase({}, path)
    await second.close()
    const third = await temporaryDatabase({}, path)
    await third.storeMessage(message('late', { content: 'plain late' }))
    const found = await whenReady(() => third.searchMessages({ text: 'plain n49999' }))
    expect(found.items.map(({ messageId }) => messageId)).toEqual(['m49999'])
    expect((await third.searchMessages({ text: 'late' })).items).toHaveLength(1)
    expect(await third.verify()).toMatchObject({ isOk: true, problems: [] })
    await third.close()
    // What is deleted meanwhile is gone from the index, too.
    const fourth = await temporaryDatabase({ search: false }, path)
    await fourth.deleteMessages(['m49999', 'm3'])
    await fourth.close()
    const last = await temporaryDatabase({}, path)
    expect((await last.searchMessages({ text: 'n3' })).items).toEqual([])
    expect(await last.verify()).toMatchObject({ isOk: true, problems: [] })
  })
})

/** Tries again while the words are being indexed. */
async function whenReady<Value>(call: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const { code, details } = Object(error)
      if (code !== 'SEARCH_NOT_READY') throw error
      expect(details).toMatchObject({ messages: 50_001 })
      expect(details.indexedMessages).toBeLessThan(50_001)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

describe('a damaged page of words', () => {
  it('is refused by verifyReads, and made anew by the next change to its block', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const first = await temporaryDatabase({}, path)
    await first.addMessages(
      Array.from({ length: 9_000 }, (_, n) => message(`m${n}`, { content: `tea n${n}` })),
    )
    await untilWordsArePaged(first)
    await first.close()
    const file = new Database(path)
    file.exec(`UPDATE message_words SET words = x'05746561'`)
    file.close()
    const db = await temporaryDatabase({ verifyReads: true, scrubRowsPerSecond: 0 }, path)
    await expectError(db.searchMessages({ text: 'tea' }), 'CORRUPT')
    expect(await db.verify()).toMatchObject({ isOk: false })
    await db.updateMessage({ messageId: 'm1', content: 'milk' })
    expect((await db.searchMessages({ text: 'tea', limit: 10_000 })).items).toHaveLength(8_999)
    expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
  })
})
