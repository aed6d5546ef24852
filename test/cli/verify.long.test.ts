import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli, startCli } from './run-cli.js'

let db: string

beforeEach(async () => {
  db = join(await temporaryFolder(), 'chat.db')
  await using database = await openDatabase(db)
  await database.addMessages([message('1'), message('2')])
})

const damaged = (): Promise<string> =>
  damagedCopy(
    db,
    `UPDATE messages SET content = 'other' WHERE message_id = '1';
     UPDATE channels SET message_count = 9;
     CREATE INDEX "by\u001b[2Juser" ON messages (user_key)`,
  )

describe('convodb verify', () => {
  it('says that a good file is ok, and exits with 0', async () => {
    const { exitCode, stdout } = await runCli(['verify', '--db', db])
    expect(stdout).toBe(`${db}: ok (4 rows compared in 1s)\n`)
    expect(exitCode).toBe(0)
  })

  it('prints the problems of a damaged one a line each, fit for a terminal, and exits with 1', async () => {
    const path = await damaged()
    const { exitCode, stdout } = await runCli(['verify', '--db', path])
    expect(stdout.split('\n')).toEqual([
      'schema: messages: The index by\\u001b[2Juser is not ours',
      'checksums: messages 1: The row is not what its checksum says',
      'counters: channels 1: Its counter says 9, its messages are 2',
      `${path}: 3 problems (4 rows compared in 1s)`,
      '',
    ])
    expect(exitCode).toBe(1)
  })

  it('--json gives the report as JSON', async () => {
    const { exitCode, stdout } = await runCli(['verify', '--db', await damaged(), '--json'])
    const isOk = { isOk: false, hasMoreProblems: false, checkedRows: 4 }
    expect(JSON.parse(stdout)).toMatchObject(isOk)
    expect(JSON.parse(stdout).problems).toHaveLength(3)
    expect(exitCode).toBe(1)
  })

  it('fails with 1 where there is nothing to verify, and makes no file', async () => {
    const { exitCode, stderr } = await runCli(['verify', '--db', `${db}-missing`])
    expect(stderr).toBe(`convodb: ${db}-missing does not exist (NOT_FOUND)\n`)
    expect(exitCode).toBe(1)
  })

  it('SIGINT ends it with 130', async () => {
    await using database = await openDatabase(db)
    for (let batch = 0; batch < 20; batch += 1) {
      const rows = Array.from({ length: 5_000 }, (_, n) => message(`${batch}-${n}`, { timestamp: n }))
      await database.addMessages(rows)
    }
    const cli = startCli(['verify', '--db', db])
    await cli.says(/%/)
    cli.kill('SIGINT')
    const { exitCode, stdout } = await cli.result
    expect(stdout).toBe('')
    expect(exitCode).toBe(130)
  })
})
