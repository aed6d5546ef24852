import { execFile, spawnSync } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** Runs `body` as a user to whom modes mean something, with a `path` in a `folder` of that user's; gives its errors. */
async function errorsOf(body: string): Promise<unknown> {
  const program = `
    import { chmodSync } from 'node:fs'
    import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
    if (process.getuid() === 0) {
      process.setgid(65534)
      process.setuid(65534)
    }
    const folder = process.argv[1] + '/folder'
    const path = folder + '/chat.db'
    const db = await openDatabase(path)
    const run = async () => { ${body} }
    const errors = await Promise.all((await run()).map((call) => call.catch(({ code, message }) => ({ code, message }))))
    await db.close()
    console.log(JSON.stringify(errors))`
  const folder = await temporaryFolder()
  await chmod(folder, 0o777)
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    program,
    folder,
  ])
  await chmod(join(folder, 'folder'), 0o700)
  return JSON.parse(stdout)
}

it('a database in a folder that may only be read says what SQLite needs there, not that somebody attempts to write', async () => {
  const errors = await errorsOf(`
    await db.close()
    chmodSync(folder, 0o500)
    return [
      openDatabase(path, { readOnly: true }),
      verifyDatabase(path),
      backupDatabase(path, process.argv[1] + '/copy.db'),
    ]`)
  const error = {
    code: 'CANNOT_OPEN',
    message: expect.stringMatching(/folder can not be written to, .* also to read it; copy the database/),
  }
  expect(errors).toEqual([error, error, error])
})

it('a lease of a file that may not be written to any more is CANNOT_OPEN: it is no fault of the borrower’s SQL', async () => {
  const errors = await errorsOf(`
    chmodSync(path, 0o400)
    return [db.withConnection(() => 'ran', { mode: 'write' })]`)
  expect(errors).toMatchObject([{ code: 'CANNOT_OPEN' }])
})

/** Runs what follows the folder where that is mounted for reading only, in a mount namespace of its own. */
const mountedReadOnly = [
  '-rm',
  'sh',
  '-c',
  'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
]
const canMount = spawnSync('unshare', [...mountedReadOnly, import.meta.dirname, 'true']).status === 0

it.runIf(canMount)('so does one on a file system that is mounted for reading only', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'chat.db')
  const db = await temporaryDatabase({ readers: 1 }, path)
  await db.storeMessage(message('1'))
  await db.close()
  const program = `
    import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
    const [path, copy] = process.argv.slice(1)
    const calls = [openDatabase(path, { readOnly: true }), verifyDatabase(path), backupDatabase(path, copy)]
    console.log(JSON.stringify(await Promise.all(calls.map((call) => call.catch(({ code, message }) => ({ code, message }))))))`
  const node = [
    process.execPath,
    '--input-type=module',
    '-e',
    program,
    path,
    `${await temporaryFolder()}/copy.db`,
  ]
  const { stdout } = await promisify(execFile)('unshare', [...mountedReadOnly, folder, ...node])
  const error = {
    code: 'CANNOT_OPEN',
    message: expect.stringMatching(/chat\.db: its folder can not be written to, .* copy the database/),
  }
  expect(JSON.parse(stdout)).toEqual([error, error, error])
})
