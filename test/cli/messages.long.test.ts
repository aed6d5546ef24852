import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { runCli } from './run-cli.js'

let folder: string
let db: string

// None of the commands changes it.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  db = join(folder, 'chat.db')
  await using database = await openDatabase(db)
  await database.addMessages([
    message('1', { timestamp: 1000, content: 'first' }),
    message('2', { timestamp: 2000, content: 'a\u001b[2Jb\r\nc\u202e', userId: 'eve\u0007' }),
    message('3', { timestamp: 3000, content: '你好 👋', messageType: 'join' }),
  ])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const messages = (...args: string[]) => runCli(['messages', 'general', '--db', db, ...args])

describe('convodb messages', () => {
  it('shows time, user and content, newest first; controls are shown as escapes', async () => {
    const { exitCode, stdout } = await messages()
    expect(exitCode).toBe(0)
    expect(stdout.split('\n')).toEqual([
      '1970-01-01T00:00:03.000Z  ada  [join] 你好 👋',
      '1970-01-01T00:00:02.000Z  eve\\u0007  a\\u001b[2Jb\\r\\nc\\u202e',
      '1970-01-01T00:00:01.000Z  ada  first',
      '',
    ])
  })

  it('takes a limit, an order and bounds', async () => {
    expect((await messages('--limit', '1', '--order', 'asc')).stdout).toContain('first')
    expect((await messages('--before', '1970-01-01T00:00:02Z')).stdout).toMatch(/^[^\n]*first\n$/)
    expect((await messages('--after', '1970-01-01T00:00:02Z')).stdout).toMatch(/^[^\n]*👋\n$/)
    expect((await messages('--after', '2500')).stdout).toMatch(/^[^\n]*👋\n$/)
  })

  it('--json gives NDJSON', async () => {
    const { stdout } = await messages('--limit', '1', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ messageId: '3', timestamp: '1970-01-01T00:00:03.000Z' })
  })

  it('an unknown channel is an error', async () => {
    const { exitCode, stderr } = await runCli(['messages', 'nowhere', '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toBe("convodb: There is no channel 'nowhere' (NOT_FOUND)\n")
  })

  it('what can be no id of a channel is wrong usage', async () => {
    const { exitCode, stderr } = await runCli(['messages', '', '--db', db])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^convodb: channelId must be .* \(INVALID_ARGUMENT\)\n$/)
  })
})

describe('convodb stats', () => {
  it('counts what there is', async () => {
    const { exitCode, stdout } = await runCli(['stats', '--db', db])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^messages: +3$/m)
    expect(stdout).toMatch(/^channels: +1$/m)
    expect(stdout).toMatch(/^users: +2$/m)
  })

  it('--json gives the same as JSON', async () => {
    const { stdout } = await runCli(['stats', '--db', db, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ path: db, rows: { messages: 3, channels: 1, users: 2 } })
  })
})
