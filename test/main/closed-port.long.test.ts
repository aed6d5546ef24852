import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'

it('a database that closes, or is closed, gives out no port: its thread would open the file once more', async () => {
  const db = await openDatabase(join(await temporaryFolder(), 'chat.db'), { readers: 1 })
  const closed = expect.objectContaining({ code: 'CLOSED' })
  const closing = db.close()
  expect(() => db.createPort()).toThrow(closed)
  await closing
  expect(() => db.createPort()).toThrow(closed)
})
