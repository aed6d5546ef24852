import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli, startCli } from './run-cli.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await temporaryFolder()
  path = join(folder, 'chat.db')
  await using db = await openDatabase(path, { readers: 1 })
  await db.addMessages([message('1', { timestamp: 1 }), message('2', { timestamp: 2 })])
})

describe('where nobody reads stderr', () => {
  it.each([
    [['verify'], 0, /: ok /],
    [['segment'], 0, /^2 messages looked at/],
    [['retain', '--older-than', '1d', '--yes'], 0, /^2 messages deleted/],
    [['channels', '--limit', '0'], 2, /^$/],
    [['messages', 'nowhere'], 1, /^$/],
  ])('%j does what it does, and exits as ever', async (args, code, printed) => {
    const cli = startCli([...args, '--db', path])
    cli.closeErrors()
    const { exitCode, stdout } = await cli.result
    expect(stdout).toMatch(printed)
    expect(exitCode).toBe(code)
  })

  it('a backup is made all the same', async () => {
    const backup = join(folder, 'b.db')
    const cli = startCli(['backup', backup, '--db', path])
    cli.closeErrors()
    expect(await cli.result).toMatchObject({ exitCode: 0 })
    expect(await runCli(['verify', '--db', backup])).toMatchObject({ exitCode: 0 })
  })
})
