import { join } from 'node:path'
import { expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

it('a borrower beside another writer finds whole tables right after a write was acknowledged', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const writer = await temporaryDatabase({ readers: 1 }, path)
  const reader = await temporaryDatabase({ readOnly: true }, path)
  await writer.addMessages([message('1'), message('2', { timestamp: 2_000 })])
  const row = await reader.withConnection((connection) =>
    connection.get(`
      SELECT (SELECT count(*) FROM messages) AS messages, (SELECT sum(message_count) FROM channels) AS counted,
        (SELECT max(last_active) FROM users) AS lastActive, (SELECT count(*) FROM channel_messages) AS places`),
  )
  expect(row).toEqual({ messages: 2, counted: 2, lastActive: 2_000, places: 2 })
})
