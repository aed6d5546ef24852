import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { runCli } from './run-cli.js'

describe('convodb backup and restore', () => {
  it('copy a database in use, and put the copy elsewhere', async () => {
    const folder = await temporaryFolder()
    const db = await temporaryDatabase({}, join(folder, 'chat.db'))
    await db.storeMessage(message('1'))
    const backup = await runCli(['backup', join(folder, 'b.db'), '--db', join(folder, 'chat.db')])
    expect(backup).toMatchObject({ exitCode: 0 })
    expect(backup.stdout).toContain('rows verified')
    const restored = join(folder, 'restored.db')
    expect(await runCli(['restore', join(folder, 'b.db'), '--db', restored])).toMatchObject({ exitCode: 0 })
    expect((await runCli(['messages', 'general', '--db', restored])).stdout).toContain('hello')
  })

  it('replace nothing without --force', async () => {
    const folder = await temporaryFolder()
    const [path, backup] = [join(folder, 'chat.db'), join(folder, 'b.db')]
    const db = await temporaryDatabase({}, path)
    await db.storeMessage(message('1'))
    await writeFile(backup, '')
    const refused = await runCli(['backup', backup, '--db', path])
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.stderr).toBe(`convodb: ${backup} exists; --force replaces it (ALREADY_EXISTS)\n`)
    expect(await runCli(['backup', backup, '--db', path, '--force'])).toMatchObject({ exitCode: 0 })
    const inUse = await runCli(['restore', backup, '--db', path, '--force'])
    expect(inUse).toMatchObject({ exitCode: 1 })
    expect(inUse.stderr).toContain(`process ${process.pid}`)
    await db.close()
    expect((await runCli(['restore', backup, '--db', path])).stderr).toContain('ALREADY_EXISTS')
    expect(await runCli(['restore', backup, '--db', path, '--force'])).toMatchObject({ exitCode: 0 })
  })

  it.each([['backup'], ['restore']])('%s says what is missing', async (command) => {
    const path = join(await temporaryFolder(), 'none.db')
    expect(await runCli([command])).toMatchObject({ exitCode: 2 })
    const missing = await runCli(
      command === 'backup' ? ['backup', `${path}.b`, '--db', path] : ['restore', path, '--db', `${path}.b`],
    )
    expect(missing).toMatchObject({ exitCode: 1 })
    expect(missing.stderr).toContain('NOT_FOUND')
  })

  it.each([['backup'], ['restore']])('%s is of files, and shows no password of a URL', async (command) => {
    const file = join(await temporaryFolder(), 'b.db')
    const { exitCode, stderr } = await runCli([command, file, '--db', 'postgres://app:secret@db/chat'])
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      `convodb: ${command} is for files; pg_dump and pg_restore copy a PostgreSQL database\n`,
    )
  })
})
