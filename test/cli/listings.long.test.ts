import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { runCli } from './run-cli.js'

let folder: string
let db: string
let empty: string

// None of the commands changes them.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  db = join(folder, 'chat.db')
  empty = join(folder, 'empty.db')
  await using database = await openDatabase(db)
  await database.upsertChannel({ channelId: 'general', name: 'All\u001b[31m of us' })
  await database.addMessages([
    message('1', { timestamp: 1000 }),
    message('2', { timestamp: 2000, userId: 'eve\u0007', content: 'b\nc\u202e' }),
  ])
  await database.addMessages(
    Array.from({ length: 1_203 }, (_, index) => message(`c${index}`, { channelId: `channel ${index}` })),
  )
  await database.upsertUser({ userId: 'ada', displayName: 'Ada Lovelace', metadata: { role: 'admin' } })
  await database.updateProfile({ userId: 'ada', profile: { likes: 'tea' } })
  const period = { channelId: 'general', startTime: 1000, endTime: 2000 }
  await database.createSegmentWithMessages({
    ...period,
    segmentId: 's1',
    messages: ['2', '1'],
    summary: 'about\u001b]0;',
  })
  await (await openDatabase(empty)).close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) => runCli([...args, '--db', db])
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)

describe('convodb channels', () => {
  it('lists them, the latest first, and says that there are more', async () => {
    const { stdout, stderr, exitCode } = await run('channels', '--limit', '2')
    expect(linesOf(stdout)).toEqual([
      '1970-01-01 00:00       1 message  channel 1202',
      '1970-01-01 00:00       1 message  channel 1201',
    ])
    expect(stderr).toBe('There are more than 2; --limit shows them.\n')
    expect(exitCode).toBe(0)
  })

  it('lists as many as it is asked for, over pages, with nothing in them that steers a terminal', async () => {
    const { stdout, stderr } = await run('channels', '--limit', '100000', '--order', 'asc')
    const lines = linesOf(stdout)
    expect(lines[0]).toBe('1970-01-01 00:00      2 messages  general  All\\u001b[31m of us')
    expect(lines).toHaveLength(1_204)
    expect(stderr).toBe('')
  })

  it('--json gives NDJSON', async () => {
    const { stdout } = await run('channels', '--json', '--limit', '1204')
    const ids = linesOf(stdout).map((line) => JSON.parse(line).channelId)
    expect(new Set(ids).size).toBe(1_204)
    expect(ids.at(-1)).toBe('general')
  })
})

describe('convodb users', () => {
  it('lists those who were active, finds by name, and shows one', async () => {
    const all = await run('users')
    expect(linesOf(all.stdout)).toEqual([
      expect.stringMatching(/ 1 message {2}eve\\u0007$/),
      expect.stringMatching(/ 1,204 messages {2}ada {2}Ada Lovelace$/),
    ])
    expect((await run('users', 'LOVE')).stdout).toMatch(/^[^\n]+Ada Lovelace\n$/)
    expect((await run('users', 'nobody')).stdout).toBe('')
    const one = await run('users', '--user', 'ada')
    expect(one.stdout).toMatch(/^name: +Ada Lovelace$/m)
    expect(one.stdout).toMatch(/^profile: +\{"likes":"tea"\}$/m)
    const { stdout } = await run('users', '--user', 'ada', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      userId: 'ada',
      profile: { likes: 'tea' },
      messageCount: 1_204,
    })
  })

  it('says that there is no such user', async () => {
    const { stderr, exitCode } = await run('users', '--user', 'bob')
    expect(stderr).toBe("convodb: There is no user 'bob' (NOT_FOUND)\n")
    expect(exitCode).toBe(1)
  })

  it.each([
    [['users', 'love', '--user', 'ada'], /either a name or --user/],
    [['users', 'love', '--order', 'asc'], /--order is of the list without a name/],
    [['segments'], /give a channel, or --segment/],
  ])('%j is wrong usage', async (args, reason) => {
    const { stderr, exitCode } = await run(...args)
    expect(stderr).toMatch(reason)
    expect(exitCode).toBe(2)
  })
})

describe('convodb segments', () => {
  it("lists a channel's, and shows the messages of one in their order", async () => {
    const listed = await run('segments', 'general')
    expect(listed.stdout).toBe('1970-01-01 00:00 to 1970-01-01 00:00    2 messages  s1  about\\u001b]0;\n')
    const members = await run('segments', 'general', '--segment', 's1')
    expect(linesOf(members.stdout)).toEqual([
      '1970-01-01T00:00:02.000Z  eve\\u0007  b\\nc\\u202e',
      '1970-01-01T00:00:01.000Z  ada  hello',
    ])
    const { stdout } = await run('segments', '--segment', 's1', '--json')
    expect(linesOf(stdout).map((line) => JSON.parse(line).messageId)).toEqual(['2', '1'])
  })

  it.each([
    [['segments', 'nowhere'], "There is no channel 'nowhere'"],
    [['segments', '--segment', 's2'], "There is no segment 's2'"],
    [['segments', 'channel 1', '--segment', 's1'], "There is no segment 's1' in channel 'channel 1'"],
  ])('%j fails', async (args, reason) => {
    const { stderr, exitCode } = await run(...args)
    expect(stderr).toBe(`convodb: ${reason} (NOT_FOUND)\n`)
    expect(exitCode).toBe(1)
  })
})

it('of an empty database every listing is empty', async () => {
  for (const args of [['channels'], ['users'], ['users', 'ada'], ['search', 'tea'], ['recall', 'tea']]) {
    expect(await runCli([...args, '--db', empty])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  }
})
