import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, restoreDatabase, verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

it('a database that was moved over an open one is brought there by a restore, as the error says, in spite of the log that is left', async () => {
  const folder = await temporaryFolder()
  const [path, other, copy] = ['chat.db', 'other.db', 'copy.db'].map((name) => join(folder, name))
  const first = await openDatabase(String(other), { readers: 1 })
  await first.storeMessage(message('other'))
  await first.backup(String(copy))
  await first.close()
  const db = await openDatabase(String(path), { readers: 1 })
  await db.storeMessage(message('own'))
  await rename(String(other), String(path))
  await expect(db.close()).rejects.toMatchObject({
    code: 'FILE_LOST',
    message: expect.stringMatching(/was replaced by another file .*`convodb restore`/),
  })
  await restoreDatabase(String(copy), String(path), { overwrite: true })
  expect(await verifyDatabase(String(path))).toMatchObject({ isOk: true })
  await using again = await openDatabase(String(path), { readers: 1 })
  expect(await again.getMessagesByIds(['other', 'own'])).toMatchObject([{ messageId: 'other' }])
})
