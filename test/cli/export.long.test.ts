import { copyFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openDatabase } from 'convodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli } from './run-cli.js'

let folder: string
let db: string

const vector = new Float32Array([0.5, -1.25, 3e-8])

/** A closed database, filled once. */
let template: string

beforeAll(async () => {
  template = join(await mkdtemp(join(tmpdir(), 'convodb-test-')), 'chat.db')
  await using database = await openDatabase(template, { readers: 1 })
  await database.upsertChannel({
    channelId: 'empty',
    name: 'Nothing yet',
    metadata: { topic: '空' },
    createdAt: 0,
  })
  await database.addMessages([
    message('2', {
      timestamp: 2000,
      content: 'line\nbreak \u2028 "quoted" \u0000 👋',
      metadata: { a: [1, null] },
    }),
    message('1', { timestamp: 1000, replyToMessageId: '0', editedAt: 1500, messageType: 'notice' }),
    message('3', { timestamp: 1000, channelId: 'other' }),
  ])
  await database.createSegmentWithMessages({
    segmentId: 's',
    channelId: 'general',
    startTime: 1000,
    endTime: 2000,
    summary: 'both',
    coherenceScore: 0.75,
    activityLevel: 2,
    vector,
    metadata: { made: 'by hand' },
    messages: [
      { messageId: '2', position: 4, contributionScore: 0.5 },
      { messageId: '1', position: 9 },
    ],
  })
})
afterAll(() => rm(dirname(template), { recursive: true, force: true }))

beforeEach(async () => {
  folder = await temporaryFolder()
  db = join(folder, 'chat.db')
  await copyFile(template, db)
})

const exported = async (...args: string[]): Promise<unknown[]> => {
  const { exitCode, stdout, stderr } = await runCli(['export', '--db', db, ...args])
  expect(exitCode, stderr).toBe(0)
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))
}

describe('what is written', () => {
  it("messages, channel by channel, each channel's in order; what is not there is left out", async () => {
    expect(await exported('--kind', 'messages')).toEqual([
      {
        messageId: '1',
        channelId: 'general',
        userId: 'ada',
        content: 'hello',
        timestamp: '1970-01-01T00:00:01.000Z',
        messageType: 'notice',
        replyToMessageId: '0',
        editedAt: '1970-01-01T00:00:01.500Z',
      },
      expect.objectContaining({ messageId: '2', metadata: { a: [1, null] } }),
      expect.objectContaining({ messageId: '3', channelId: 'other' }),
    ])
  })

  it('channels, without what follows from their messages', async () => {
    expect(await exported('--kind', 'channels')).toEqual([
      {
        channelId: 'empty',
        name: 'Nothing yet',
        metadata: { topic: '空' },
        createdAt: '1970-01-01T00:00:00.000Z',
      },
      { channelId: 'general', createdAt: '1970-01-01T00:00:02.000Z' },
      { channelId: 'other', createdAt: '1970-01-01T00:00:01.000Z' },
    ])
  })

  it('segments with their members', async () => {
    const [segment] = await exported('--kind', 'segments')
    expect(segment).toEqual({
      segmentId: 's',
      channelId: 'general',
      startTime: '1970-01-01T00:00:01.000Z',
      endTime: '1970-01-01T00:00:02.000Z',
      summary: 'both',
      coherenceScore: 0.75,
      activityLevel: 2,
      vector: Buffer.from(vector.buffer).toString('base64'),
      metadata: { made: 'by hand' },
      messages: [
        { messageId: '2', position: 4, contributionScore: 0.5 },
        { messageId: '1', position: 9, contributionScore: null },
      ],
    })
  })

  it('one channel alone; an unknown one is an error', async () => {
    expect(await exported('--channel', 'other', '--kind', 'messages')).toHaveLength(1)
    const kinds = (await exported('--channel', 'general')).map((line) => Reflect.get(Object(line), 'kind'))
    expect(kinds).toEqual(['channel', 'message', 'message', 'segment'])
    const { exitCode, stderr } = await runCli(['export', '--db', db, '--channel', 'nowhere'])
    expect(exitCode).toBe(1)
    expect(stderr).toBe("convodb: There is no channel 'nowhere' (NOT_FOUND)\n")
  })

  it('one channel with the reactions to its messages and their former texts', async () => {
    {
      await using database = await openDatabase(db, { readers: 1, keepHistory: true })
      for (const messageId of ['1', '3']) {
        await database.updateMessage({ messageId, content: 'changed' })
        await database.addReaction({ messageId, userId: 'grace', reaction: '👍' })
      }
    }
    const path = join(folder, 'other.ndjson')
    await runCli(['export', '--db', db, '--channel', 'other', '--out', path])
    const copy = join(folder, 'copy.db')
    expect(await runCli(['import', path, '--db', copy])).toMatchObject({ exitCode: 0 })
    const { stdout } = await runCli(['export', '--db', copy, '--channel', 'other'])
    expect(stdout).toBe(await readFile(path, 'utf8'))
    await using database = await openDatabase(copy, { readers: 1 })
    expect(await database.getReactions({ messageId: '3' })).toMatchObject({
      items: [{ userId: 'grace', reaction: '👍' }],
    })
    expect(await database.getMessageHistory({ messageId: '3' })).toMatchObject({
      items: [{ content: 'hello' }],
    })
  })

  it('goes in again unchanged', async () => {
    const copy = join(folder, 'copy.db')
    const path = join(folder, 'export')
    await runCli(['export', '--db', db, '--out', path])
    const { exitCode, stderr } = await runCli(['import', path, '--db', copy])
    expect(exitCode, stderr).toBe(0)
    const { stdout } = await runCli(['export', '--db', copy])
    expect(stdout).toBe(await readFile(path, 'utf8'))
  })
})

describe('where it goes', () => {
  it('a name in .gz packs it', async () => {
    const out = join(folder, 'messages.ndjson.gz')
    await exported('--out', out)
    const { stdout } = await runCli(['export', '--db', db])
    expect(gunzipSync(await readFile(out)).toString()).toBe(stdout)
  })

  it.each(['', '-wal', '-shm', '-journal', '-lock', '-owner', '-keys'])(
    'is never the database itself or what belongs to it: chat.db%s',
    async (end) => {
      const before = await readFile(db)
      for (const out of [`${db}${end}`, `${folder}/./chat.db${end}`]) {
        const { exitCode, stderr } = await runCli(['export', '--db', db, '--out', out, '--force'])
        expect({ exitCode, stderr }).toEqual({
          exitCode: 2,
          stderr: `convodb: ${out} is ${db} itself, or belongs to it; choose another name (INVALID_ARGUMENT)\n`,
        })
      }
      expect(await readdir(folder)).toEqual(['chat.db'])
      expect((await readFile(db)).equals(before)).toBe(true)
    },
  )

  it('has a name and a folder, or it is said so', async () => {
    const unnamed = await runCli(['export', '--db', db, '--out', ''])
    expect(unnamed.exitCode).toBe(2)
    expect(unnamed.stderr).toContain('--out is empty; give it a file, or - for standard output')
    const out = join(folder, 'none', 'out')
    const lost = await runCli(['export', '--db', db, '--out', out])
    expect(lost.exitCode).toBe(1)
    expect(lost.stderr).toBe(`convodb: the folder of ${out} does not exist (NOT_FOUND)\n`)
    const inFile = await runCli(['export', '--db', db, '--out', join(db, 'out')])
    expect(inFile.stderr).toContain('does not exist (NOT_FOUND)')
  })

  it('a file that is there stays, unless --force replaces it; nothing half-written is left', async () => {
    const out = join(folder, 'out')
    await writeFile(out, 'precious')
    const { exitCode, stderr } = await runCli(['export', '--db', db, '--out', out])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(`convodb: ${out} exists; --force replaces it (ALREADY_EXISTS)\n`)
    expect(await readFile(out, 'utf8')).toBe('precious')
    await exported('--out', out, '--force')
    expect(await readFile(out, 'utf8')).toContain('"messageId":"1"')
    const failed = await runCli(['export', '--db', db, '--channel', 'nowhere', '--out', join(folder, 'new')])
    expect(failed.exitCode).toBe(1)
    expect((await readdir(folder)).filter((name) => !name.startsWith('chat.db'))).toEqual(['out'])
  })

  it('what is no regular file is not replaced', async () => {
    const target = join(folder, 'target')
    const link = join(folder, 'link')
    await writeFile(target, 'precious')
    await symlink(target, link)
    const { exitCode, stderr } = await runCli(['export', '--db', db, '--out', link, '--force'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('is no regular file, and is not replaced')
    // Nor does it say that --force would.
    const unforced = await runCli(['export', '--db', db, '--out', folder])
    expect(unforced).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is no regular file') })
    expect(await readFile(target, 'utf8')).toBe('precious')
  })

  it('a reader that has seen enough ends it quietly', async () => {
    await using database = await openDatabase(db)
    const rows = Array.from({ length: 5000 }, (_, index) =>
      message(`n${index}`, { content: 'x'.repeat(1000) }),
    )
    await database.addMessages(rows)
    const args = [join('dist', 'cli', 'index.js'), 'export', '--db', db]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const stderr: string[] = []
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => stderr.push(chunk))
    child.stdout.once('data', () => child.stdout.destroy())
    const [exitCode] = await once(child, 'close')
    expect(stderr.join('')).toBe('')
    expect(exitCode).toBe(0)
  })

  it('a missing database is an error and is not made', async () => {
    const path = join(folder, 'missing', 'chat.db')
    for (const command of [['export'], ['stats'], ['messages', 'general']]) {
      const { exitCode, stderr } = await runCli([...command, '--db', path])
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/^convodb: .*\(NOT_FOUND\)\n$/)
    }
    expect(await readdir(folder)).not.toContain('missing')
    expect(dirname(path)).toBe(join(folder, 'missing'))
  })
})
