import { join } from 'node:path'
import type { DatabaseManager } from 'convodb'
import { expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** So many messages have their words indexed together, the first time one fewer. */
const blockLength = 8_192

async function databaseOf(count: number): Promise<DatabaseManager> {
  const db = await temporaryDatabase({}, join(await temporaryFolder(), 'chat.db'))
  await db.addMessages(Array.from({ length: count }, (_, n) => message(`m${n}`, { content: `old n${n}` })))
  return db
}

type Searches = Pick<DatabaseManager, 'searchMessages'>

async function find(db: Searches, text: string): Promise<string[]> {
  const { items } = await db.searchMessages({ text })
  return items.map(({ messageId }) => messageId)
}

const update = (messageId: string, content: string) =>
  ({ name: 'updateMessage', params: { messageId, content } }) as const
const search = (text: string) => ({ name: 'searchMessages', params: { text } }) as const

it('a call that reads and then fails leaves the index right for those that are committed with it', async () => {
  const db = await databaseOf(blockLength)
  const outcomes = await Promise.allSettled([
    db.updateMessage({ messageId: 'm1', content: 'new' }),
    db.batch([search('old'), update('none', 'x')]),
    db.deleteMessages(['m3']),
    db.batch([update('m4', 'other'), search('other'), update('none', 'x')]),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
  expect(await find(db, 'new')).toEqual(['m1'])
  expect(await find(db, 'n1')).toEqual([])
  expect(await find(db, 'n3')).toEqual([])
  expect(await find(db, 'n4')).toEqual(['m4'])
  expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
})

it('a transaction that goes back to a savepoint finds what there is then, and leaves the index right', async () => {
  const db = await databaseOf(blockLength)
  await db.transaction(async (transaction) => {
    await transaction.updateMessage({ messageId: 'm1', content: 'new' })
    await transaction.exec('SAVEPOINT here')
    await transaction.updateMessage({ messageId: 'm2', content: 'newer' })
    await transaction.storeMessage(message('late-1', { content: 'late one' }))
    expect(await find(transaction, 'newer')).toEqual(['m2'])
    expect(await find(transaction, 'one')).toEqual(['late-1'])
    await transaction.exec('ROLLBACK TO here')
    await transaction.storeMessage(message('late-2', { content: 'late two' }))
    expect(await find(transaction, 'new')).toEqual(['m1'])
    expect(await find(transaction, 'newer')).toEqual([])
    expect(await find(transaction, 'late')).toEqual(['late-2'])
    expect(await find(transaction, 'one')).toEqual([])
  })
  expect(await find(db, 'new')).toEqual(['m1'])
  expect(await find(db, 'n1')).toEqual([])
  expect(await find(db, 'n2')).toEqual(['m2'])
  expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
})

it('a call searches what it has stored, not what a failed one before it had', async () => {
  const db = await databaseOf(1)
  const store = (messageId: string, content: string) =>
    ({ name: 'storeMessage', params: message(messageId, { content }) }) as const
  await expectError(db.batch([store('a', 'alpha'), search('alpha'), update('none', 'x')]), 'NOT_FOUND')
  const answers = await db.batch([store('b', 'beta'), search('beta'), search('alpha')])
  expect(answers[1]).toMatchObject({ items: [{ messageId: 'b' }] })
  expect(answers[2]).toMatchObject({ items: [] })
})

it('a block that is full in a failed call alone is not indexed in part', async () => {
  const db = await databaseOf(0)
  const outcomes = await Promise.allSettled([
    db.addMessages(
      Array.from({ length: blockLength - 2 }, (_, n) => message(`m${n}`, { content: `old n${n}` })),
    ),
    db.batch([
      { name: 'storeMessage', params: message('last') },
      update('m5', 'changed'),
      update('none', 'x'),
    ]),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(await find(db, 'n5')).toEqual(['m5'])
  expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
})
