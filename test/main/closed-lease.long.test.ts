import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { openDatabase, type ConvoDbError, type LeaseOptions } from 'convodb'
import { describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

const never = (): Promise<void> => new Promise(() => undefined)
const errorOf = (call: Promise<unknown>): Promise<ConvoDbError> =>
  call.then(
    () => expect.unreachable('it was to fail'),
    (error) => error,
  )

describe('a lease that goes on for longer than closing waits', () => {
  it.each<LeaseOptions>([{ mode: 'read' }, { mode: 'write' }])(
    'ends with CLOSED, and so does one that waits behind it: %o',
    async (options) => {
      const path = join(await temporaryFolder(), 'chat.db')
      const db = await openDatabase(path, { readers: 1 })
      const borrowers = [db.withConnection(never, options), db.transaction(never, options)].map(errorOf)
      await db.close({ timeoutMs: 300 })
      for (const error of await Promise.all(borrowers)) {
        expect(error).toMatchObject({ name: 'ConvoDbError', code: 'CLOSED', retryable: false })
      }
      // The writer was not taken by force: it has copied its log into the file.
      expect(await readdir(dirname(path))).toEqual([basename(path)])
    },
  )
})

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
    code: 'CLOSED',
    message: expect.stringMatching(/is rolled back$/),
  })
  await closing
  await using again = await openDatabase(path, { readers: 1 })
  expect(await again.countMessages()).toBe(0)
})
