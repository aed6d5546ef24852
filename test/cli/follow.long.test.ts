import { copyFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { startTestServer } from '../support/server.js'
import { runCli, startCli } from './run-cli.js'

let path: string
let db: DatabaseManager

// The commands look on from other processes, while this one writes.
beforeEach(async () => {
  path = join(await temporaryFolder(), 'chat.db')
  db = await openDatabase(path, { readers: 1 })
  await db.addMessages([
    message('1', { timestamp: Date.UTC(2026, 0, 1, 10), content: 'one' }),
    message('2', { timestamp: Date.UTC(2026, 0, 2, 11), content: 'two' }),
    message('3', { timestamp: Date.UTC(2026, 0, 2, 12), content: 'three', userId: 'bob' }),
  ])
})
afterEach(() => db.close())

const late = Date.UTC(2026, 0, 2, 13)

describe('convodb messages --follow', () => {
  it('shows the last page in reading order, and then what comes: answers, edits, deletions', async () => {
    await db.upsertUser({ userId: 'ada', displayName: 'Ada\u001b[2J' })
    const cli = startCli(['messages', 'general', '--follow', '--limit', '2', '--db', path])
    await cli.prints(/three\n/)
    await db.storeMessage(message('4', { timestamp: late, content: 'four', replyToMessageId: '3' }))
    await cli.prints(/four\n/)
    await db.storeMessage(message('x', { channelId: 'elsewhere', content: 'not here' }))
    await db.updateMessage({ messageId: '4', content: 'more than four' })
    await cli.prints(/more than four\n/)
    await db.deleteMessages(['3'])
    await cli.prints(/deleted: "three"/)
    await db.storeMessage(
      message('5', { timestamp: late, content: 'hi\n13:00:01  bob  I am not bob\r\u001b[31m' }),
    )
    await cli.prints(/I am not bob/)
    cli.kill('SIGINT')
    const { stdout, stderr, exitCode } = await cli.result
    expect(stdout.split('\n')).toEqual([
      '2026-01-02 (times are UTC)',
      '11:00:00  Ada\\u001b[2J  two',
      '12:00:00  bob  three',
      '13:00:00  Ada\\u001b[2J  > three',
      '          four',
      '          Ada\\u001b[2J edited "four": more than four',
      '          deleted: "three" of bob',
      '13:00:00  Ada\\u001b[2J  hi',
      '          | 13:00:01  bob  I am not bob',
      '          | \\u001b[31m',
      '',
    ])
    expect(stderr).toBe('')
    expect(exitCode).toBe(130)
  })

  it('--json gives a message a line, again when it was edited, and isDeleted', async () => {
    const cli = startCli(['messages', 'general', '--follow', '--limit', '1', '--json', '--db', path])
    await cli.prints(/three/)
    await db.updateMessage({ messageId: '3', content: 'another text' })
    await cli.prints(/another text/)
    await db.deleteMessages(['3'])
    await cli.prints(/isDeleted/)
    cli.kill('SIGTERM')
    const { stdout, exitCode } = await cli.result
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { messageId: '3', content: 'three' },
      { messageId: '3', content: 'another text' },
      { messageId: '3', channelId: 'general', isDeleted: true },
    ])
    expect(exitCode).toBe(143)
  })

  it('ends quietly when its reader has seen enough', async () => {
    const cli = startCli(['messages', 'general', '--follow', '--db', path])
    await cli.prints(/three/)
    cli.closeOutput()
    const ended = new AbortController()
    void cli.result.then(() => ended.abort())
    // The first write that nobody reads tells it.
    for (let id = 0; !ended.signal.aborted; id += 1)
      await db.storeMessage(message(`late ${id}`, { timestamp: late }))
    expect(await cli.result).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('--order and --before do not go with it', async () => {
    const { stderr, exitCode } = await runCli([
      'messages',
      'general',
      '--follow',
      '--order',
      'asc',
      '--db',
      path,
    ])
    expect(stderr).toMatch(/--order does not go with --follow/)
    expect(exitCode).toBe(2)
  })
})

describe('convodb events', () => {
  it('tells of every change, says where to go on, and goes on there', async () => {
    const cli = startCli(['events', '--db', path])
    await cli.says(/Following/)
    await db.storeMessage(message('4', { content: 'a\u001b[2J' }))
    await db.upsertUser({ userId: 'eve\u0007', displayName: 'Eve' })
    await db.forgetUser('bob')
    await cli.prints(/userForgotten/)
    cli.kill('SIGINT')
    const { stdout, stderr, exitCode } = await cli.result
    expect(stdout).toMatch(/^messageStored +general {2}4 {2}ada: a\\u001b\[2J$/m)
    expect(stdout).toMatch(/^userUpdated +eve\\u0007$/m)
    expect(stdout).toMatch(/^userForgotten +SHA-256 [0-9a-f]{64}$/m)
    expect(exitCode).toBe(130)
    const [, cursor = ''] = /To go on from here: --after (\S+)\n/.exec(stderr) ?? []
    await db.storeMessage(message('5', { content: 'meanwhile' }))
    const next = startCli(['events', '--after', cursor, '--json', '--channel', 'general', '--db', path])
    await next.prints(/meanwhile/)
    next.kill('SIGTERM')
    const later = await next.result
    expect(later.exitCode).toBe(143)
    expect(JSON.parse(later.stdout)).toMatchObject({ kind: 'messageStored', messageId: '5' })
  })

  it('gives all of a long past, and everything in order, to a reader that is slow', async () => {
    const { nextCursor } = await db.listChanges()
    const count = 30_000
    await db.addMessages(
      Array.from({ length: count }, (_, index) => message(`m${index}`, { content: 'x'.repeat(200) })),
    )
    const cli = startCli(['events', '--after', nextCursor, '--json', '--db', path])
    await cli.prints(new RegExp(`"m${count - 1}"`))
    cli.kill('SIGINT')
    const { stdout } = await cli.result
    const ids = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).messageId)
    expect(ids).toEqual(Array.from({ length: count }, (_, index) => `m${index}`))
  })

  it.each([
    [['--after', 'nonsense'], 2, /^convodb: after must be .* \(INVALID_ARGUMENT\)\n$/],
    [['--channel', 'nowhere'], 1, /^convodb: There is no channel 'nowhere' \(NOT_FOUND\)\n$/],
  ])('%j fails, and says nothing of following', async (args, expected, reason) => {
    const { stderr, exitCode } = await runCli(['events', ...args, '--db', path])
    expect(stderr).toMatch(reason)
    expect(exitCode).toBe(expected)
  })

  it('follows a server', async () => {
    const server = await startTestServer()
    try {
      const env = { CONVODB_URL: server.url, CONVODB_API_KEY: server.apiKey }
      const cli = startCli(['events'], undefined, env)
      await cli.says(/Following/)
      await server.db.storeMessage(message('1', { content: 'over HTTP' }))
      await cli.prints(/over HTTP/)
      cli.kill('SIGINT')
      expect((await cli.result).exitCode).toBe(130)
    } finally {
      await server.close()
    }
  })
})

describe('a key for certain channels', () => {
  it.each([
    [['messages', 'general', '--follow'], /ada {2}over HTTP/],
    [['messages', 'general', '--follow', '--json'], /"content":"over HTTP"/],
    [['events', '--channel', 'general'], /ada: over HTTP/],
  ])('follows one of them with %j, though it may know no users', async (args, told) => {
    const server = await startTestServer()
    try {
      await server.db.upsertUser({ userId: 'ada', displayName: 'Ada Lovelace' })
      await server.db.storeMessage(message('1', { content: 'one' }))
      const apiKey = await server.newKey({ scope: 'read', channels: ['general'] })
      const env = { CONVODB_URL: server.url, CONVODB_API_KEY: apiKey }
      const cli = startCli(args, undefined, env)
      await (args[0] === 'events' ? cli.says(/Following/) : cli.prints(/one/))
      await server.db.storeMessage(message('2', { content: 'over HTTP' }))
      await cli.prints(told)
      cli.kill('SIGINT')
      expect((await cli.result).exitCode).toBe(130)
    } finally {
      await server.close()
    }
  })
})

describe('a file that is taken away while it is followed', () => {
  it.each([
    ['removed', () => rm(path)],
    [
      'replaced by another file',
      async () => {
        await copyFile(path, `${path}.copy`)
        await rename(`${path}.copy`, path)
      },
    ],
  ])('is told of when it is %s: nothing would ever come of the other', async (what, takeAway) => {
    await db.close()
    const followers = [['messages', 'general', '--follow'], ['events']].map((command) =>
      startCli([...command, '--db', path]),
    )
    await Promise.all([followers[0]?.prints(/three/), followers[1]?.says(/Following/)])
    await takeAway()
    for (const { result } of followers) {
      const { stderr, exitCode } = await result
      expect(stderr).toMatch(new RegExp(`^convodb: .*chat.db was ${what} while .* \\(FILE_LOST\\)\n$`, 'm'))
      expect(exitCode).toBe(1)
    }
  })
})
