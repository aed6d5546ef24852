import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli, runCliWithFileLimit, toNdjson } from './run-cli.js'

let folder: string
let db: string

beforeEach(async () => {
  folder = await temporaryFolder()
  db = join(folder, 'chat.db')
})

/** Writes a file and returns its path. */
async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const messages = (count: number, prefix = 'm') =>
  Array.from({ length: count }, (_, index) => message(`${prefix}${index}`, { timestamp: index }))

async function storedIds(channelId = 'general'): Promise<string[]> {
  await using database = await openDatabase(db, { create: false, readers: 1 })
  const ids: string[] = []
  for await (const { messageId } of database.iterateMessages({ channelId, order: 'asc' })) ids.push(messageId)
  return ids
}

describe('what can be imported', () => {
  it('a gzip file: the content decides, not the name', async () => {
    const path = await file('messages', gzipSync(toNdjson(messages(2500))))
    const { exitCode, stdout } = await runCli(['import', path, '--db', db])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/messages: +2,500 inserted, 0 updated/)
    expect(stdout).toMatch(/bad lines: 0/)
    expect(await storedIds()).toHaveLength(2500)
  })

  it.each(['plain', 'gzip'])('%s standard input', async (form) => {
    const text = toNdjson(messages(2500))
    const { exitCode } = await runCli(['import', '-', '--db', db], form === 'gzip' ? gzipSync(text) : text)
    expect(exitCode).toBe(0)
    expect(await storedIds()).toHaveLength(2500)
  })

  it('an empty file', async () => {
    const { exitCode, stdout } = await runCli(['import', await file('empty', ''), '--db', db])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/messages: +0 inserted/)
  })

  it('several files, in the order given, where the later one wins', async () => {
    const first = await file('first', toNdjson([message('1', { content: 'old' }), message('2')]))
    const second = await file('second', toNdjson([message('1', { content: 'new' })]))
    const { stdout } = await runCli(['import', first, second, '--db', db])
    expect(stdout).toMatch(/2 inserted, 1 updated/)
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect(await database.getMessagesByIds(['1'])).toMatchObject([{ content: 'new' }])
  })

  it('channels alone, and segments without their members, which stay as they are', async () => {
    const rows = await file('messages', toNdjson([message('1'), message('2')]))
    const times = { startTime: 0, endTime: 2000 }
    const segment = { segmentId: 's', channelId: 'general', ...times }
    const whole = await file('whole', toNdjson([{ ...segment, messageIds: ['2', '1'] }]))
    const bare = await file('bare', toNdjson([{ ...segment, summary: 'greetings' }]))
    const channels = await file('channels', toNdjson([{ channel_id: 'general', name: '#general' }]))
    await runCli(['import', rows, '--segments', whole, '--db', db])
    const { exitCode } = await runCli(['import', '--channels', channels, '--segments', bare, '--db', db])
    expect(exitCode).toBe(0)
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect(await database.getChannel('general')).toMatchObject({ name: '#general', messageCount: 2 })
    expect(await database.getConversationSegment('s')).toMatchObject({
      summary: 'greetings',
      messageCount: 2,
    })
    expect(await database.getSegmentMessageIds(['s'])).toEqual([{ segmentId: 's', messageIds: ['2', '1'] }])
  })
})

describe('bad lines', () => {
  it('are named by file, line and reason, and the rest goes in', async () => {
    const path = await file(
      'chat.ndjson',
      [
        JSON.stringify(message('1')),
        'not json',
        '[1, 2]',
        '',
        JSON.stringify({ ...message('x'), timestamp: 'yesterday' }),
        JSON.stringify({ ...message('x'), message_id: 'y' }),
        JSON.stringify(message('2')),
      ].join('\r\n'),
    )
    const { exitCode, stdout, stderr } = await runCli(['import', path, '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${path}:2: the line is not JSON: `)
    expect(stderr).toContain(`${path}:3: the line is not a JSON object\n`)
    expect(stderr).toContain(`${path}:5: timestamp must be a valid Date, ISO 8601 text`)
    expect(stderr).toContain(`${path}:6: messageId is given twice\n`)
    expect(stdout).toMatch(/messages: +2 inserted/)
    expect(stdout).toMatch(/bad lines: 4\n/)
    expect(await storedIds()).toEqual(['1', '2'])
  })

  it('a segment of a message that is not there is one', async () => {
    const rows = await file('messages', toNdjson([message('1')]))
    const fields = { channelId: 'general', startTime: 0, endTime: 1000 }
    const segments = await file(
      'segments',
      toNdjson([
        { ...fields, segmentId: 'a', messageIds: ['1', 'nowhere'] },
        { ...fields, segmentId: 'b', messageIds: ['1'] },
        { ...fields, segmentId: 'c', endTime: -1, messageIds: ['1'] },
      ]),
    )
    const { exitCode, stdout, stderr } = await runCli(['import', rows, '--segments', segments, '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${segments}:1: There is no message 'nowhere'`)
    expect(stderr).toContain(`${segments}:3: endTime must not be before startTime`)
    expect(stdout).toMatch(/segments: +1\n/)
  })

  it('a message that would leave its segment for another channel is one; its batch goes in', async () => {
    const rows = await file('messages', toNdjson([message('1'), message('2')]))
    const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 1000, messages: ['1'] }
    await runCli(['import', rows, '--segments', await file('segments', toNdjson([segment])), '--db', db])
    const moved = await file(
      'moved',
      toNdjson([message('3'), message('1', { channelId: 'other' }), message('4')]),
    )
    const { exitCode, stdout, stderr } = await runCli(['import', moved, '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${moved}:2: Message '1' is in segment 's'`)
    expect(stdout).toMatch(/2 inserted, 0 updated/)
    expect(await storedIds()).toEqual(['1', '2', '3', '4'])
  })

  it('prints twenty and counts the others', async () => {
    const path = await file('chat.ndjson', 'nothing\n'.repeat(33))
    const { stdout, stderr } = await runCli(['import', path, '--db', db])
    expect(stderr.match(/the line is not JSON/g)).toHaveLength(20)
    expect(stderr).toContain('... and 13 more bad lines')
    expect(stdout).toMatch(/bad lines: 33\n/)
  })

  it('shows what could steer a terminal as an escape', async () => {
    const path = await file(
      'chat.ndjson',
      `${JSON.stringify({ ...message('1'), '\u009b2J': 1, metadata: { '\u009b2J': 2 } })}\n`,
    )
    const { stderr } = await runCli(['import', path, '--db', db])
    expect(stderr).toContain(':1: \\u009b2J is given twice')
  })

  it('--strict stops at the first; what went in before it stays', async () => {
    const text = `${toNdjson(messages(1500))}nothing\nnothing\n${toNdjson([message('after')])}`
    const path = await file('chat.ndjson', text)
    const { exitCode, stdout, stderr } = await runCli(['import', path, '--strict', '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${path}:1501: the line is not JSON`)
    expect(stderr).toContain('safe to run the same import again')
    expect(stdout).toMatch(/bad lines: 1\n/)
    expect(await storedIds()).toEqual(messages(1500).map(({ messageId }) => messageId))
  })
})

describe('files that can not be read', () => {
  it('a missing file is named before anything goes in, and no database is made', async () => {
    const good = await file('good', toNdjson([message('1')]))
    const { exitCode, stderr } = await runCli(['import', good, join(folder, 'nowhere'), '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(`convodb: ${join(folder, 'nowhere')} does not exist\n`)
    await expect(stat(db)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('neither can a folder that holds nothing which is known', async () => {
    const { exitCode, stderr } = await runCli(['import', folder, '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`convodb: ${folder} holds no file of a format that is known; docs/importing.md`)
  })

  it('a gzip file that is cut off gives what it has, and the other files go in', async () => {
    const whole = gzipSync(
      toNdjson(messages(20_000).map((row) => ({ ...row, content: crypto.randomUUID() }))),
    )
    const cut = await file('cut.gz', whole.subarray(0, whole.length / 2))
    const other = await file('other', toNdjson([message('1', { channelId: 'other' })]))
    const { exitCode, stdout, stderr } = await runCli(['import', cut, other, '--db', db])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`convodb: ${cut} is cut off: its gzip data ends early`)
    expect(stdout).toMatch(/bad lines: 0\n/)
    const ids = await storedIds()
    expect(ids.length).toBeGreaterThan(1000)
    expect(ids).toEqual(messages(ids.length).map(({ messageId }) => messageId))
    expect(await storedIds('other')).toEqual(['1'])
  })

  it('a database that is something else is left as it was', async () => {
    const path = await file('chat.db', 'Dear diary')
    const { exitCode, stderr } = await runCli([
      'import',
      await file('good', toNdjson([message('1')])),
      '--db',
      path,
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^convodb: .*\(NOT_A_CONVODB_FILE\)$/m)
    expect(stderr).not.toContain('    at ')
    expect(await readFile(path, 'utf8')).toBe('Dear diary')
  })
})

describe('a disk that takes no more', () => {
  it('ends the import, which says what is in', async () => {
    const path = await file('chat.ndjson', toNdjson(messages(8_000)))
    const { exitCode, stdout, stderr } = await runCliWithFileLimit(['import', path, '--db', db], 1000)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^convodb: .*\((IO_ERROR|DISK_FULL)\)$/m)
    expect(stderr).toContain('safe to run the same import again')
    const inserted = Number(/messages: +([\d,]+) inserted/.exec(stdout)?.[1]?.replace(',', ''))
    expect(inserted).toBeLessThan(8_000)
    expect(await storedIds()).toHaveLength(inserted)
    expect((await runCli(['import', path, '--db', db])).exitCode).toBe(0)
    expect(await storedIds()).toHaveLength(8_000)
  })
})

describe('two imports at once into one database', () => {
  it('one goes in, the other is told which process has the file, and goes in after it', async () => {
    const paths = await Promise.all(
      ['a', 'b'].map((prefix) => file(prefix, toNdjson(messages(5_000, prefix)))),
    )
    const results = await Promise.all(paths.map((path) => runCli(['import', path, '--db', db])))
    expect(results.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 1])
    const refused = results.findIndex(({ exitCode }) => exitCode === 1)
    expect(results[refused]?.stderr).toMatch(/open for writing in process \d+.*\(LOCKED\)/)
    expect(await runCli(['import', String(paths[refused]), '--db', db])).toMatchObject({ exitCode: 0 })
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect(await database.countMessages()).toBe(10_000)
    expect(await database.getChannel('general')).toMatchObject({ messageCount: 10_000 })
  })
})
