import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { expect, it, onTestFinished } from 'vitest'
import { expectError, message, temporaryFolder } from '../support/databases.js'

async function storeWith(options: object): Promise<unknown> {
  await using db = await openDatabase(join(await temporaryFolder(), 'chat.db'), options)
  return await db.storeMessage(message('1'))
}

it('an option may be -0, which is 0', async () => {
  expect(await storeWith({ readers: 1, busyTimeoutMs: -0 })).toMatchObject({ outcome: 'inserted' })
})

it('an option is asked for once: what is checked is what counts', async () => {
  const values = [1, -1]
  const changing = {
    get readers() {
      return values.shift()
    },
  }
  expect(await storeWith(changing)).toMatchObject({ outcome: 'inserted' })
  expect(values).toEqual([-1])
})

it('an option may be undefined, which is as if it were left out, to the compiler too', async () => {
  const given: { readers?: number | undefined; keepHistory?: boolean | undefined } = { readers: undefined }
  await using db = await openDatabase(join(await temporaryFolder(), 'chat.db'), given)
  expect((await db.stats()).readers).toBeGreaterThanOrEqual(2)
})

it("':memory:' says so where there is no place for temporary files", async () => {
  const { TMPDIR } = process.env
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  })
  const missing = join(await temporaryFolder(), 'missing')
  process.env['TMPDIR'] = missing
  await expectError(openDatabase(':memory:'), 'CANNOT_OPEN', { path: missing })
})
