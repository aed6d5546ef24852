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
    message('1', { timestamp: 1000, content: 'the kettle is on' }),
    message('2', { timestamp: 2000, content: 'tea \u001b[2Jwith milk', userId: 'eve' }),
    message('3', { timestamp: 3000, content: '我们喝茶吧', channelId: 'other' }),
  ])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('convodb search', () => {
  const search = (...args: string[]) => runCli(['search', '--db', db, ...args])

  it('shows time, channel, user and a snippet; controls are shown as escapes', async () => {
    const { exitCode, stdout } = await search('tea', 'milk')
    expect(exitCode).toBe(0)
    expect(stdout).toBe('1970-01-01T00:00:02.000Z  general  eve  tea \\u001b[2Jwith milk\n')
  })

  it('takes filters, any word, and what begins with a dash', async () => {
    expect((await search('喝茶', '--channel', 'other')).stdout).toContain('我们喝茶吧')
    expect((await search('喝茶', '--channel', 'general')).stdout).toBe('')
    expect((await search('--any', '--order', 'time', 'kettle', 'tea')).stdout.split('\n')).toHaveLength(3)
    expect((await search('--any', 'kettle', 'tea', '--user', 'ada')).stdout).toContain('kettle')
    expect((await search('--', 'tea', '-milk')).stdout).toBe('')
  })

  it('--json gives NDJSON with marks', async () => {
    expect(JSON.parse((await search('kett*', '--json')).stdout)).toMatchObject({
      messageId: '1',
      marks: [{ start: 4, end: 10 }],
    })
  })

  it('an unknown channel is an error, and so is nothing to search for', async () => {
    expect(await search('tea', '--channel', 'nowhere')).toMatchObject({ exitCode: 1 })
    expect(await search()).toMatchObject({ exitCode: 2 })
  })
})

describe('convodb recall', () => {
  const recall = (...args: string[]) => runCli(['recall', '--db', db, ...args])

  it('shows passages', async () => {
    const { exitCode, stdout } = await recall('is there any kettle?', '--context', '1')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      '#general, 1970-01-01T00:00:01.000Z\nada: the kettle is on\neve: tea \\u001b[2Jwith milk\n',
    )
  })

  it('--json gives a passage a line, with why it is there', async () => {
    const { stdout } = await recall('喝茶', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      channelId: 'other',
      hitIds: ['3'],
      explanation: { words: { rank: 1 }, meaning: null },
    })
  })

  it.each([
    ['a vector needs its model', ['tea', '--vector', 'AACAPw==']],
    ['a model needs a vector', ['tea', '--model', 'mini']],
    ['a vector is base64 of float32', ['tea', '--vector', 'abc', '--model', 'mini']],
  ])('%s: wrong usage', async (_, args) => {
    const { exitCode, stderr } = await recall(...args)
    expect(stderr).toMatch(/^convodb: .* \(INVALID_ARGUMENT\)\n$/)
    expect(exitCode).toBe(2)
  })
})
