import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli } from './run-cli.js'

let db: string

beforeEach(async () => {
  db = join(await temporaryFolder(), 'chat.db')
  await using database = await openDatabase(db)
  await database.addMessages([
    message('1', { timestamp: Date.UTC(2020, 0) }),
    message('2', { timestamp: Date.UTC(2020, 0), metadata: { pinned: true } }),
    message('3', { timestamp: Date.UTC(2020, 0), channelId: 'other', userId: 'bob' }),
    message('4', { timestamp: new Date(), userId: 'eve\u001b[2J' }),
  ])
})

const run = (...args: string[]) => runCli([...args, '--db', db])

async function idsLeft(): Promise<string[]> {
  await using database = await openDatabase(db, { readOnly: true })
  return (await database.getMessagesByIds(['1', '2', '3', '4'])).map(({ messageId }) => messageId)
}

describe('convodb forget', () => {
  it('does nothing unasked: without a terminal it wants --yes', async () => {
    const { stderr, exitCode } = await run('forget', 'ada')
    expect(stderr).toMatch(/^convodb: it can not be undone.*give --yes\n$/)
    expect(exitCode).toBe(2)
    expect(await idsLeft()).toEqual(['1', '2', '3', '4'])
  })

  it('forgets a user, says what there was, and keeps them away', async () => {
    const { stdout, exitCode } = await run('forget', 'ada', '--yes')
    expect(stdout).toMatch(/^Forgot ada: 2 messages, 0 reactions, .*; what comes of them later is ignored\n$/)
    expect(exitCode).toBe(0)
    expect(await idsLeft()).toEqual(['3', '4'])
    const again = await run('forget', 'ada', '--yes')
    expect(again.stdout).toMatch(/^There was nothing of ada/)
    await using database = await openDatabase(db)
    expect(await database.addMessages([message('5')])).toMatchObject({ ignored: 1 })
  })

  it('--json gives the receipt; names can not steer a terminal', async () => {
    const { stdout } = await run('forget', 'bob', '--yes', '--json', '--may-return')
    expect(JSON.parse(stdout)).toMatchObject({ userId: 'bob', wasKnown: true, messages: 1 })
    expect((await run('forget', 'eve\u001b[2J', '--yes')).stdout).toMatch(
      /^Forgot eve\\u001b\[2J: 1 message,/,
    )
    await using database = await openDatabase(db)
    expect(await database.addMessages([message('6', { userId: 'bob' })])).toMatchObject({ inserted: 1 })
  })
})

describe('convodb retain', () => {
  it('wants --yes where it can not ask, and counts with --dry-run', async () => {
    const refused = await run('retain', '--older-than', '30d')
    expect(refused.stderr).toMatch(/give --yes/)
    expect(refused.exitCode).toBe(2)
    const { stdout } = await run('retain', '--older-than', '30d', '--dry-run')
    expect(stdout).toBe('3 messages would be deleted\n')
    expect(await idsLeft()).toEqual(['1', '2', '3', '4'])
  })

  it('deletes what is older, of one channel, and spares what is pinned', async () => {
    const { stdout } = await run(
      'retain',
      '--older-than',
      '2021-01-01',
      '--channel',
      'general',
      '--keep-pinned',
      '--yes',
      '--json',
    )
    expect(JSON.parse(stdout)).toMatchObject({ deletedMessages: 1, dryRun: false })
    expect(await idsLeft()).toEqual(['2', '3', '4'])
    expect((await run('retain', '--older-than', '1h', '--yes')).stdout).toMatch(/^2 messages deleted, /)
    expect(await idsLeft()).toEqual(['4'])
  })

  it.each([
    [['--older-than', 'soon'], 2, /an age such as 90d or 12h/],
    [['--older-than', '0d'], 2, /an age such as 90d or 12h/],
    [[], 2, /required option '--older-than/],
    [['--older-than', '1d', '--channel', 'nowhere', '--dry-run'], 1, /no channel 'nowhere'/],
  ])('%j ends with %d', async (args, code, reason) => {
    const { stderr, exitCode } = await run('retain', ...args)
    expect(stderr).toMatch(reason)
    expect(exitCode).toBe(code)
  })
})
