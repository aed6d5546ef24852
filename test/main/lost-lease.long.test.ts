import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

it('a transaction whose database closes under it says that it is rolled back, and it is', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await openDatabase(path, { readers: 1 })
  let closing: Promise<void> | undefined
  const lost = db.transaction(async (transaction) => {
    await transaction.storeMessage(message('1'))
    closing = db.close({ timeoutMs: 50 })
    await closing
  })
  await expect(lost).rejects.toMatchObject({
    code: 'WORKER_LOST',
    message: expect.stringMatching(/is rolled back$/),
  })
  await closing
  await using again = await openDatabase(path, { readers: 1 })
  expect(await again.countMessages()).toBe(0)
})
