import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { freePort } from '../support/free-port.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { runCli } from './run-cli.js'

let folder: string
let db: string
let server: TestServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  db = join(folder, 'chat.db')
  await using database = await openDatabase(db)
  await database.storeMessage(message('1'))
  server = await startTestServer()
  await server.db.addMessages([message('1'), message('2')])
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** How many messages there are in what `stats` has looked at. */
async function count(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { stdout, stderr, exitCode } = await runCli(['stats', '--json', ...args], '', env)
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  return JSON.parse(stdout).rows.messages
}

describe('where the database is', () => {
  it('is said by a flag, or else by the environment', async () => {
    const ofServer = { CONVODB_URL: server.url, CONVODB_API_KEY: server.apiKey }
    expect(await count(['--db', db], {})).toBe(1)
    expect(await count([], { CONVODB_DB: db })).toBe(1)
    expect(await count(['--url', server.url, '--api-key', server.apiKey], {})).toBe(2)
    expect(await count([], ofServer)).toBe(2)
    // A flag goes before what the environment says of the same and of the other.
    expect(await count(['--db', db], { CONVODB_DB: '/nowhere' })).toBe(1)
    expect(await count(['--db', db], ofServer)).toBe(1)
    expect(await count(['--url', server.url], { ...ofServer, CONVODB_DB: '/nowhere' })).toBe(2)
    expect(await count(['--db', db], { ...ofServer, CONVODB_DB: '/nowhere' })).toBe(1)
    expect(await count(['--db', db], { CONVODB_URL: 'localhost:7410' })).toBe(1)
    // Empty is not set.
    expect(await count([], { CONVODB_DB: db, CONVODB_URL: '' })).toBe(1)
    expect(await count([], { ...ofServer, CONVODB_DB: '' })).toBe(2)
  })

  it.each([
    [[], {}, /^convodb: give --db <file> or --url <server>; also CONVODB_DB, CONVODB_URL\n$/],
    [['--db', 'chat.db', '--url', 'http://localhost'], {}, /give either --db or --url/],
    [[], { CONVODB_DB: 'chat.db', CONVODB_URL: 'http://localhost' }, /CONVODB_DB and CONVODB_URL are both/],
    [['--url', 'http://localhost'], {}, /set CONVODB_API_KEY/],
    [['--db', 'chat.db', '--api-key', 'secret'], {}, /--api-key goes with --url/],
    [['--url', 'postgres://localhost/chat'], {}, /files and postgres:\/\/ go with --db/],
    [['--url', ''], {}, /--url must be http/],
    [[], { CONVODB_URL: 'localhost:7410' }, /CONVODB_URL must be http/],
    [['--db', 'http://localhost'], {}, /is a server's: give it with --url/],
    [[], { CONVODB_DB: 'https://example.org' }, /set CONVODB_URL in place of CONVODB_DB/],
    [['--db', ''], {}, /--db is empty/],
  ])('%j with %j is wrong usage', async (args, env, reason) => {
    const { stdout, stderr, exitCode } = await runCli(['stats', ...args], '', env)
    expect(stderr).toMatch(reason)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  })

  it('a key that can not be one is refused, and not shown', async () => {
    const { stderr, exitCode } = await runCli(['stats', '--url', server.url], '', {
      CONVODB_API_KEY: 'not\na key',
    })
    expect(stderr).toMatch(/^convodb: CONVODB_API_KEY is not a key/)
    expect(stderr).not.toContain('a key\n')
    expect(exitCode).toBe(2)
  })

  it('a key that the server does not know is an error of one line', async () => {
    const { stderr, exitCode } = await runCli(['stats', '--url', server.url, '--api-key', 'cdb_wrong'])
    expect(stderr).toMatch(/^convodb: [^\n]+ \(UNAUTHORIZED\)\n$/)
    expect(exitCode).toBe(1)
  })

  it.each([
    [['backup', 'copy.db'], /^convodb: backup works .+GET \/v1\/backup streams one/],
    [['restore', 'copy.db'], /^convodb: restore works .+stop the server/],
    [['keys', 'list'], /^convodb: keys list works .+run it there/],
  ])('%j works where the database is alone, and says so', async (args, reason) => {
    for (const [flags, env] of [
      [['--url', server.url], {}],
      [[], { CONVODB_URL: server.url }],
    ] as const) {
      const { stderr, exitCode } = await runCli([...args, ...flags], '', env)
      expect(stderr).toMatch(reason)
      expect(exitCode).toBe(2)
    }
  })
})

describe('commands over HTTP', () => {
  const remotely = (...args: string[]) =>
    runCli(args, '', { CONVODB_URL: server.url, CONVODB_API_KEY: server.apiKey })

  it('messages, search, recall and verify do what they do on a file', async () => {
    expect((await remotely('messages', 'general')).stdout.split('\n')).toHaveLength(3)
    expect((await remotely('messages', 'nowhere')).stderr).toBe(
      "convodb: There is no channel 'nowhere' (NOT_FOUND)\n",
    )
    expect((await remotely('search', 'message')).exitCode).toBe(0)
    expect((await remotely('recall', 'message')).exitCode).toBe(0)
    expect(JSON.parse((await remotely('verify', '--json')).stdout)).toMatchObject({ isOk: true })
    expect(JSON.parse((await remotely('segment', '--json')).stdout)).toMatchObject({ messages: 2 })
  })

  it('channels, users and segments list, forget and retain delete', async () => {
    await server.db.addMessages([
      message('f1', { userId: 'fay', channelId: 'else' }),
      message('f2', { channelId: 'else', timestamp: 5 }),
    ])
    expect((await remotely('channels')).stdout).toMatch(/ 2 messages {2}else$/m)
    expect((await remotely('users', '--user', 'fay', '--json')).stdout).toContain('"messageCount":1')
    expect((await remotely('segments', 'general')).exitCode).toBe(0)
    expect((await remotely('forget', 'fay', '--yes')).stdout).toMatch(/^Forgot fay: 1 message,/)
    const { stdout } = await remotely('retain', '--older-than', '1d', '--channel', 'else', '--yes', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ deletedMessages: 1 })
    expect(await server.db.countMessages({ channelId: 'else' })).toBe(0)
  })

  it('embed has a program make vectors', async () => {
    const program = `
      const { createInterface } = require('node:readline');
      createInterface({ input: process.stdin }).on('line', (line) =>
        console.log(JSON.stringify({ id: JSON.parse(line).id, vector: [1, 2] })))`
    const command = `node -e "${program.replaceAll('\n', ' ')}"`
    const { stdout, stderr, exitCode } = await remotely(
      'embed',
      '--model',
      'tiny',
      '--json',
      '--command',
      command,
    )
    expect({ exitCode, stderr: stderr.match(/convodb: .*/)?.[0] }).toEqual({ exitCode: 0 })
    expect(JSON.parse(stdout)).toEqual({ stored: await server.db.countMessages(), skipped: 0 })
  })

  it('a server that is not there is told of within seconds', async () => {
    const env = { CONVODB_URL: `http://127.0.0.1:${await freePort()}`, CONVODB_API_KEY: 'cdb_any' }
    const startMs = performance.now()
    const { stderr, exitCode } = await runCli(['channels'], '', env)
    expect(stderr).toMatch(/^convodb: [^\n]+ \(UNREACHABLE\)\n$/)
    expect(exitCode).toBe(1)
    expect(performance.now() - startMs).toBeLessThan(25_000)
  })
})
