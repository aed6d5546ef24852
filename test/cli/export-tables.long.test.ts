import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectEqualContent } from '../support/content-of.js'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli } from './run-cli.js'

let folder: string
let db: string

beforeEach(async () => {
  folder = await temporaryFolder()
  db = join(folder, 'chat.db')
  await using database = await openDatabase(db, { readers: 1 })
  await database.addMessages([
    message('1', { content: 'a "quoted", text\nof two lines', timestamp: 1_000, metadata: { mood: 'good' } }),
    message('2', { channelId: 'other', content: '=1+1 ünï 🎉', timestamp: 2_000, replyToMessageId: '1' }),
    message('3', { content: '', timestamp: 3_000 }),
  ])
  await database.createSegmentWithMessages({
    segmentId: 's',
    channelId: 'general',
    startTime: 1_000,
    endTime: 3_000,
    coherenceScore: 0.5,
    vector: [1, 2],
    messages: ['1', '3'],
  })
})

const rowsOf = async (path: string): Promise<object[]> =>
  parquetReadObjects({ file: await asyncBufferFromFile(path) })

describe('an export as a table', () => {
  it('is CSV with a head line, of messages where no kind is said', async () => {
    const { exitCode, stdout, stderr } = await runCli(['export', '--db', db, '--format', 'csv'])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      [
        'messageId,channelId,userId,content,timestamp,messageType,replyToMessageId,editedAt,metadata',
        '1,general,ada,"a ""quoted"", text',
        'of two lines",1970-01-01T00:00:01.000Z,message,,,"{""mood"":""good""}"',
        '3,general,ada,,1970-01-01T00:00:03.000Z,message,,,',
        '2,other,ada,=1+1 ünï 🎉,1970-01-01T00:00:02.000Z,message,1,,',
        '',
      ].join('\n'),
    )
  })

  it('is Parquet with times, numbers and JSON, that another library reads', async () => {
    const path = join(folder, 'messages.parquet')
    expect(await runCli(['export', '--db', db, '--format', 'parquet', '--out', path])).toMatchObject({
      exitCode: 0,
    })
    expect(await rowsOf(path)).toMatchObject([
      {
        messageId: '1',
        content: 'a "quoted", text\nof two lines',
        timestamp: new Date(1_000),
        metadata: { mood: 'good' },
      },
      { messageId: '3', content: '' },
      { messageId: '2', replyToMessageId: '1', content: '=1+1 ünï 🎉' },
    ])
    const segments = join(folder, 'segments.parquet')
    await runCli(['export', '--db', db, '--format', 'parquet', '--kind', 'segments', '--out', segments])
    const [segment] = await rowsOf(segments)
    expect(segment).toMatchObject({ segmentId: 's', coherenceScore: 0.5, endTime: new Date(3_000) })
    expect(JSON.stringify(segment)).toContain('"messageId":"3"')
  })

  it('of an empty database has its columns', async () => {
    const empty = join(folder, 'empty.db')
    await (await openDatabase(empty)).close()
    const csv = await runCli(['export', '--db', empty, '--format', 'csv', '--kind', 'channels'])
    expect(csv.stdout).toBe('channelId,name,createdAt,metadata\n')
    const path = join(folder, 'empty.parquet')
    expect(await runCli(['export', '--db', empty, '--format', 'parquet', '--out', path])).toMatchObject({
      exitCode: 0,
    })
    expect(await rowsOf(path)).toEqual([])
  })

  it('of more rows than stay in memory has them all', async () => {
    await using database = await openDatabase(db, { readers: 1 })
    for (let part = 0; part < 5; part += 1) {
      await database.addMessages(
        Array.from({ length: 10_000 }, (_, n) =>
          message(`m${part}-${n}`, {
            channelId: 'long',
            timestamp: part * 10_000 + n,
            content: 'x'.repeat(200),
          }),
        ),
      )
    }
    const path = join(folder, 'long.parquet')
    await runCli(['export', '--db', db, '--channel', 'long', '--format', 'parquet', '--out', path])
    const rows = await rowsOf(path)
    expect(rows).toHaveLength(50_000)
    expect(rows.at(-1)).toMatchObject({ messageId: 'm4-9999', timestamp: new Date(49_999) })
  })

  it('has rows of one kind: all is wrong usage', async () => {
    const { exitCode, stderr } = await runCli(['export', '--db', db, '--format', 'csv', '--kind', 'all'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^convodb: a table has rows of one kind/)
  })
})

describe('an export of what came since', () => {
  it('brings a copy of what was before up to date', async () => {
    const before = await runCli(['export', '--db', db])
    const since = new Date()
    {
      await using database = await openDatabase(db, { readers: 1 })
      await database.storeMessage(message('4', { timestamp: since.getTime() + 1_000 }))
      await database.updateMessage({ messageId: '1', content: 'changed' })
      await database.users.updateProfile({ userId: 'ada', profile: { likes: 'engines' } })
    }
    const news = await runCli(['export', '--db', db, '--since', since.toISOString()])
    const kinds = news.stdout.split('\n').filter((line) => line.includes('"kind":"message"'))
    expect(kinds.map((line): unknown => JSON.parse(line))).toMatchObject([
      { messageId: '1' },
      { messageId: '4' },
    ])
    const copy = join(folder, 'copy.db')
    await runCli(['import', '-', '--strict', '--db', copy], before.stdout)
    await runCli(['import', '-', '--strict', '--db', copy], news.stdout)
    await expectEqualContent(copy, db)
  })

  it('has all members of a long segment, which stand in lines of their own, and none of an older one', async () => {
    const channelId = 'long'
    const messages = Array.from({ length: 6_500 }, (_, n) => message(`m${n}`, { channelId, timestamp: n }))
    {
      await using database = await openDatabase(db, { readers: 1 })
      await database.addMessages(messages)
      for (const [segmentId, endTime] of [
        ['old', 1_000],
        ['new', 9_000],
        ['old too', 1_000],
      ] as const) {
        await database.createConversationSegment({ segmentId, channelId, startTime: 0, endTime })
        const ids = messages.map(({ messageId }) => ({ messageId }))
        await database.addMessagesToSegment({ segmentId, messages: ids })
      }
    }
    const copy = join(folder, 'copy.db')
    const all = await runCli(['export', '--db', db])
    await runCli(['import', '-', '--strict', '--db', copy], all.stdout)
    const news = await runCli(['export', '--db', db, '--since', '1970-01-01T00:00:08Z'])
    expect(news.stdout).not.toContain('"old')
    expect((await runCli(['import', '-', '--strict', '--db', copy], news.stdout)).exitCode).toBe(0)
    await expectEqualContent(copy, db)
  })

  it('of one kind may be since the first moment that there is', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      'export',
      '--db',
      db,
      '--kind',
      'messages',
      '--since',
      '-8640000000000000',
    ])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe((await runCli(['export', '--db', db, '--kind', 'messages'])).stdout)
  })

  it('of one kind begins with messages of that very millisecond', async () => {
    const { stdout } = await runCli([
      'export',
      '--db',
      db,
      '--kind',
      'messages',
      '--since',
      '1970-01-01T00:00:02Z',
      '--format',
      'csv',
    ])
    expect(stdout.split('\n').map((line) => line[0])).toEqual(['m', '3', '2', undefined])
  })
})
