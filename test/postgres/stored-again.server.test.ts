import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
let db: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
  db = await openDatabase(await server.createDatabase(), { readers: 1 })
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

/** Which transaction wrote each row. */
const writers = () =>
  db.withConnection((connection) =>
    connection.all('SELECT message_id AS id, xmin::text AS writer FROM messages ORDER BY message_id'),
  )

it('what is stored again as it is, as by an import that runs twice, makes no new version of its row', async () => {
  const metadata = { tags: ['a', 'b'], at: 1.5 }
  const messages = [
    message('1', { metadata, replyToMessageId: '0', messageType: 'join' }),
    message('2', { editedAt: 2_000 }),
    message('3'),
  ]
  await db.addMessages(messages)
  const before = await writers()

  expect(await db.addMessages(messages)).toEqual({ inserted: 0, updated: 3, ignored: 0 })
  expect(await db.storeMessage(messages[0] ?? message('1'))).toEqual({ messageId: '1', outcome: 'updated' })
  expect(await writers()).toEqual(before)

  await db.addMessages([{ ...messages[0], ...message('1', { metadata: { tags: ['a'] } }) }, message('3')])
  const changed = (await writers()).filter(({ writer }, index) => writer !== before[index]?.['writer'])
  expect(changed.map(({ id }) => id)).toEqual(['1'])
})
