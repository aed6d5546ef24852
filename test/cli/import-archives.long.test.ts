import { createWriteStream, existsSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Database from 'better-sqlite3'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { contentOf, expectEqualContent } from '../support/content-of.js'
import { startServeProcess } from '../support/serve-process.js'
import { zipOf } from '../importers/support/zip-of.js'
import { makePythonDatabase } from './python-original.js'
import { runCli, startCli } from './run-cli.js'

let folder: string
let db: string

beforeEach(async () => {
  folder = await temporaryFolder()
  db = join(folder, 'chat.db')
})

/** A file as DiscordChatExporter writes it, of one line. */
async function writeDiscordFile(count: number, contentLength = 40): Promise<string> {
  const path = join(folder, 'general.json')
  function* parts(): Generator<string> {
    yield '{"guild":{"id":"1","name":"Engines"},"channel":{"id":"900000000000000001","name":"general"},"dateRange":{},"messages":['
    for (let n = 0; n < count; n += 1) {
      const message = {
        id: String(n),
        type: 'Default',
        timestamp: new Date(1_700_000_000_000 + n * 1_000).toISOString(),
        content: `message ${n} `.padEnd(contentLength, 'x'),
        author: { id: String(n % 50), name: `user${n % 50}` },
        reactions: [{ emoji: { name: '👍' }, count: 1 }],
      }
      yield (n === 0 ? '' : ',') + JSON.stringify(message)
    }
    yield `],"messageCount":${count}}`
  }
  await pipeline(Readable.from(parts()), createWriteStream(path))
  return path
}

describe('importing an archive', () => {
  it('twice, or in runs that were killed at any place, ends with the same rows', async () => {
    const path = await writeDiscordFile(30_000)
    const whole = join(folder, 'whole.db')
    expect((await runCli(['import', path, '--db', whole])).exitCode).toBe(0)
    for (const rows of ['[1-9],\\d{3} rows', '1\\d,\\d{3} rows']) {
      const cut = startCli(['import', path, '--db', db])
      await cut.says(new RegExp(rows)).catch(() => undefined)
      cut.kill('SIGKILL')
      await cut.result
    }
    expect((await runCli(['import', path, '--db', db])).exitCode).toBe(0)
    await expectEqualContent(db, whole)
    const again = await runCli(['import', path, '--db', db, '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({
      messagesInserted: 0,
      messagesUpdated: 30_000,
      badLines: 0,
    })
    await expectEqualContent(db, whole)
  })

  it('of any size takes the memory of a small one', async () => {
    const path = await writeDiscordFile(30_000, 5_000)
    const { exitCode, stdout, stderr } = await runCli(['import', path, '--db', db], '', {
      NODE_OPTIONS: '--max-old-space-size=100',
    })
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/messages: +30,000 inserted/)
  })

  it('with --dry-run reads and checks everything, and makes no database', async () => {
    const path = await writeDiscordFile(1_000)
    const { exitCode, stdout } = await runCli(['import', path, '--dry-run'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/\(discord\)\nmessages: +1,000\n/)
    expect(stdout).toContain('A dry run: nothing was stored.')
    expect(await runCli(['import', path, '--dry-run', '--db', db])).toMatchObject({ exitCode: 0 })
    expect(existsSync(db)).toBe(false)
  })

  it('goes to a server as to a file', async () => {
    const path = await writeDiscordFile(3_000)
    const served = join(folder, 'served.db')
    const server = await startServeProcess(['--db', served, '--port', '0'])
    const env = { CONVODB_URL: server.url, CONVODB_API_KEY: server.apiKey ?? '' }
    const { exitCode, stderr } = await runCli(['import', path], '', env)
    expect(exitCode, stderr).toBe(0)
    await server.stop()
    await runCli(['import', path, '--db', db])
    await expectEqualContent(served, db)
  })

  it('says in one line what can not be read, and what is of no format', async () => {
    const none = await runCli(['import', join(folder, 'none.json'), '--db', db])
    expect(none).toMatchObject({
      exitCode: 1,
      stderr: `convodb: ${join(folder, 'none.json')} does not exist\n`,
    })
    const ours = join(folder, 'ours.db')
    await (await openDatabase(ours)).close()
    const own = await runCli(['import', ours, '--db', db])
    expect(own.exitCode).toBe(1)
    expect(own.stderr).toContain('is a ConvoDB database')
    expect(existsSync(db)).toBe(false)
  })
})

describe('an archive of a user who was forgotten', () => {
  it('leaves out what they wrote, also of threads, and is no failure', async () => {
    const path = join(folder, 'export.zip')
    const said = (user: string, ts: string) => ({ type: 'message', user, text: ts, ts, thread_ts: '1.0' })
    const days = [said('U1', '1.0'), said('U2', '2.0'), said('U1', '3.0')]
    await writeFile(
      path,
      zipOf({
        'users.json': '[{"id":"U1","name":"ada"},{"id":"U2","name":"grace"}]',
        'channels.json': '[{"id":"C1","name":"general"}]',
        'general/2015-10-13.json': JSON.stringify(days),
      }),
    )
    {
      await using database = await openDatabase(db, { readers: 1 })
      await database.users.upsertUser({ userId: 'U1' })
      await database.users.forgetUser({ userId: 'U1' })
    }
    const { exitCode, stdout, stderr } = await runCli(['import', path, '--db', db])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/messages: +1 inserted/)
    expect(stdout).toMatch(/ignored: +5, whose users were forgotten/)
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect((await database.getSegmentMessages('C1:thread:1.0')).map(({ messageId }) => messageId)).toEqual([
      'C1:2.0',
    ])
  })
})

const slackExport = resolve('..', 'shared', 'data', 'slack-export')

describe.skipIf(!existsSync(slackExport))('a real export of Slack', () => {
  it('goes in whole, and a second time changes nothing', async () => {
    const { exitCode, stdout, stderr } = await runCli(['import', slackExport, '--db', db, '--json'])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      messagesInserted: 1_382,
      channels: 16,
      users: 71,
      badLines: 0,
      problems: 0,
    })
    const before = await contentOf(db)
    expect(await runCli(['import', slackExport, '--db', db])).toMatchObject({ exitCode: 0 })
    expect(await contentOf(db)).toEqual(before)
    await using database = await openDatabase(db, { create: false, readers: 1 })
    const { items } = await database.searchMessages({ text: 'datajam', limit: 5 })
    expect(items.length).toBeGreaterThan(0)
  })
})

describe('a database of the Python original', () => {
  it('goes in with every row, and what was inconsistent in it is said', async () => {
    const path = join(folder, 'memory.db')
    makePythonDatabase(path)
    const { exitCode, stdout, stderr } = await runCli(['import', path, '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      `${path} is inconsistent: 1 channels whose message_count is not that of their messages`,
    )
    expect(stderr).toContain(`${path} is inconsistent: 1 messages of channels that are not there`)
    expect(stderr).toContain('There is no message')
    expect(stdout).toMatch(/messages: +4 inserted/)
    expect(stdout).toMatch(/no place for: +rows of performance_metrics: 1 time/)
    expect(stdout).toMatch(/skipped: +vectors whose dimension is not what the row says: 1 time/)
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect(await database.getMessage('m1')).toMatchObject({
      channelId: 'c1',
      userId: 'u1',
      content: 'hello',
      messageType: 'message',
      timestamp: new Date('2024-03-01T12:00:00Z'),
      metadata: { source: 'python', mood: 'good', extra: { relevanceScore: 0.5 } },
    })
    expect(await database.getMessage('m2')).toMatchObject({
      messageType: 'assistant',
      timestamp: new Date('2024-03-01T10:00:00.250Z'),
    })
    expect(await database.getChannel({ channelId: 'c1' })).toMatchObject({
      messageCount: 3,
      createdAt: new Date('2024-02-01T00:00:00Z'),
      metadata: { workspace: { id: 'g1' }, extra: { vectorEnabled: 1, configProfile: 'auto' } },
    })
    expect(await database.users.getProfile('u1')).toMatchObject({
      profile: { likes: ['tea'], interactionHistory: [1, 2] },
      updatedAt: new Date('2024-03-02T00:00:00Z'),
    })
    expect(await database.users.getUser('u2')).toMatchObject({
      displayName: 'Grace',
      lastActive: new Date('2024-05-01T00:00:00Z'),
      metadata: { extra: { discordId: '22', preferences: { theme: 'dark' } } },
    })
    expect(await database.getConversationSegment('seg_1')).toMatchObject({
      summary: 'a greeting',
      coherenceScore: 0.75,
      messageCount: 2,
      vector: Float32Array.of(1, 2),
    })
    const members = await database.getSegmentMessages('seg_1')
    expect(members.map(({ messageId, position }) => [messageId, position])).toEqual([
      ['m2', 0],
      ['m1', 5],
    ])
    const [embedding] = await database.getEmbeddings({ ownerType: 'message', ownerIds: ['m1'] })
    expect(embedding).toMatchObject({ model: 'mini', vector: Float32Array.of(0.5, -1, 2) })
  })

  it('may be in use, and is not changed', async () => {
    const path = join(folder, 'memory.db')
    const inUse = makePythonDatabase(path, { keepOpen: true })
    inUse?.exec('BEGIN IMMEDIATE')
    const { stdout } = await runCli(['import', path, '--db', db])
    expect(stdout).toMatch(/messages: +4 inserted/)
    inUse?.exec('ROLLBACK')
    expect(inUse?.pragma('integrity_check', { simple: true })).toBe('ok')
    inUse?.close()
  })

  it('is refused by a name that SQLite would not be given as it is: another file may have the other one', async () => {
    const path = join(folder, 'memory.db')
    makePythonDatabase(path)
    await copyFile(path, `${path} `)
    new Database(path).exec('DELETE FROM messages').close()
    const { stdout, stderr, exitCode } = await runCli(['import', `${path} `, '--db', db])
    expect(stderr).toMatch(/memory\.db .* its name ends in white space/)
    expect(stdout).toMatch(/messages: +0 inserted/)
    expect(exitCode).toBe(1)
  })

  it('is read where its name begins with white space', async () => {
    makePythonDatabase(join(folder, ' memory.db'))
    const inFolder = [
      'sh',
      '-c',
      'cd "$0" && exec "$@"',
      folder,
      process.execPath,
      resolve('dist/cli/index.js'),
    ]
    const cli = startCli(['import', ' memory.db', '--db', db], inFolder)
    cli.stdin.end()
    expect((await cli.result).stdout).toMatch(/messages: +4 inserted/)
  })

  it('may have numbers for ids, no number in a vector, tables without rowids and older columns, and a damaged table', async () => {
    const path = join(folder, 'odd.db')
    const odd = new Database(path)
    odd.exec(`
      CREATE TABLE channels (channel_id INTEGER PRIMARY KEY, guild_id TEXT) WITHOUT ROWID;
      CREATE TABLE messages (message_id INTEGER PRIMARY KEY, channel_id INTEGER, user_id INTEGER, content TEXT, timestamp TEXT);
      CREATE TABLE user_profiles (profile_id TEXT PRIMARY KEY, user_id INTEGER, profile_data TEXT);
      CREATE TABLE conversation_segments (segment_id TEXT PRIMARY KEY, channel_id INTEGER, start_time TEXT, end_time TEXT, vector_data BLOB);
      INSERT INTO channels VALUES (900000000000000001, 'g');
      INSERT INTO messages VALUES
        (900000000000000011, 900000000000000001, 7, 'one', '2024-03-01 12:00:00'),
        (900000000000000012, 900000000000000001, 7, 'two', '2024-03-01 12:00:01');
      INSERT INTO user_profiles VALUES ('p', 7, '{"likes":["tea"]}');
      INSERT INTO conversation_segments VALUES ('s', 900000000000000001, '2024-03-01 12:00:00', '2024-03-01 12:00:01', x'0000c07f');
    `)
    odd.close()
    const first = await runCli(['import', path, '--db', db])
    expect(first.exitCode, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/messages: +2 inserted/)
    expect(first.stdout).toContain('vectors of segments that are no float32')
    const before = await contentOf(db)
    await runCli(['import', path, '--db', db])
    expect(await contentOf(db)).toEqual(before)
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect(await database.getMessage('900000000000000012')).toMatchObject({ content: 'two' })
    expect(await database.getConversationSegment('s')).toMatchObject({ vector: null })
  })
})
