import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'

/** Opens, verifies and copies a database in a folder that may only be read, as a user to whom modes mean something. */
const program = `
  import { chmodSync } from 'node:fs'
  import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
  if (process.getuid() === 0) {
    process.setgid(65534)
    process.setuid(65534)
  }
  const folder = process.argv[1] + '/folder'
  const path = folder + '/chat.db'
  await (await openDatabase(path)).close()
  chmodSync(folder, 0o500)
  const calls = [
    openDatabase(path, { readOnly: true }),
    verifyDatabase(path),
    backupDatabase(path, process.argv[1] + '/copy.db'),
  ]
  const errors = await Promise.all(calls.map((call) => call.catch(({ code, message }) => ({ code, message }))))
  console.log(JSON.stringify(errors))`

it('a database in a folder that may only be read says what SQLite needs there, not that somebody attempts to write', async () => {
  const folder = await temporaryFolder()
  await chmod(folder, 0o777)
  const args = ['--input-type=module', '-e', program, folder]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  await chmod(join(folder, 'folder'), 0o700)
  const error = {
    code: 'CANNOT_OPEN',
    message: expect.stringMatching(/folder can not be written to, .* also to read it; copy the database/),
  }
  expect(JSON.parse(stdout)).toEqual([error, error, error])
})
