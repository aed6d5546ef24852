import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from 'convodb'

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../build/examples/${name}.js`, import.meta.url))
const execute = promisify(execFile)
const wordVectorsFolder = fileURLToPath(new URL('../../../shared/data/word-vectors', import.meta.url))

/** Runs an example to its end; a failure raises with what it wrote. */
async function run(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await execute(process.execPath, [pathOf(name), ...args])
  expect(stderr).toBe('')
  return stdout
}

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  path = join(folder, 'example.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('bot-memory', () => {
  it('recalls the conversation oldest first and what it learned', async () => {
    const output = await run('bot-memory')
    expect(output).toContain('You talk with Ada Lovelace, who wrote 4 messages so far.')
    expect(output).toContain('{"likes":{"soup":true},"allergies":["walnuts"]}')
    expect(output.indexOf('ada: Bad news')).toBeLessThan(output.indexOf('bot: No walnuts then.'))
    expect(output).toContain('8 messages remembered')
  })

  it('remembers across runs when it has a file', async () => {
    await run('bot-memory', path)
    const second = await run('bot-memory', path)
    expect(second).toContain('who wrote 8 messages so far')
    expect(second).toContain('16 messages remembered')
  })
})

describe('ingest-service', () => {
  const children: ChildProcess[] = []
  // One that a failed test has left.
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  async function start() {
    const child = spawn(process.execPath, [pathOf('ingest-service'), path, '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const ended = once(child, 'close')
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    return { url: `${String(line).replace('listening on ', '')}/messages`, child, ended }
  }
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, n) =>
      JSON.stringify({ messageId: `m${n}`, channelId: 'c', userId: 'u', content: 'hello', timestamp: n }),
    ).join('\n')

  it('answers when all is stored, and says what is wrong with what is not', async () => {
    const { url, child, ended } = await start()
    const post = async (body: string) => {
      const response = await fetch(url, { method: 'POST', body })
      return [response.status, await response.json()]
    }
    expect(await post(lines(500))).toEqual([200, { inserted: 500, updated: 0, ignored: 0 }])
    expect(await post(`${lines(2)}\n{"messageId":"bad"}`)).toMatchObject([400, { code: 'INVALID_ARGUMENT' }])
    expect(await post('no JSON')).toMatchObject([400, { error: expect.stringContaining('not JSON') }])
    expect((await fetch(url)).status).toBe(404)
    // It is told so, or cut off while it still sends.
    const [status] = await post(' '.repeat(17 * 1024 * 1024)).catch(() => [413])
    expect(status).toBe(413)
    expect(await post(lines(1))).toMatchObject([200, { updated: 1 }])
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  })

  it('on SIGTERM answers the request it has, stores it and closes the database', async () => {
    const { url, child, ended } = await start()
    const posting = request(url, { method: 'POST' })
    const answered = once(posting, 'response')
    posting.write(`${lines(1)}\n`)
    posting.flushHeaders()
    // The service has it when it answers others that came later.
    expect((await fetch(url)).status).toBe(404)
    child.kill('SIGTERM')
    await expect.poll(() => fetch(url).catch(() => 'refused')).toBe('refused')
    posting.end(lines(3))
    const [response] = await answered
    expect(response.statusCode).toBe(200)
    expect(await ended).toEqual([null, 'SIGTERM'])
    expect(existsSync(`${path}-wal`)).toBe(false)
    await using db = await openDatabase(path, { create: false })
    expect(await db.countMessages()).toBe(3)
  })
})

describe('segment-report', () => {
  it('lists every segment of every channel with its people and its length', async () => {
    const output = await run('segment-report', path)
    expect(output).toMatch(/^CHANNEL +START \(UTC\) +LASTED +MESSAGES +PARTICIPANTS +ABOUT\n/)
    expect(output).toMatch(/support +2026-03-02T09:00 +16 min +5 +ada, grace +Login fails after update\n/)
    expect(output).toMatch(/random +2026-03-02T09:02 +12 min +4 +ada, barbara, edsger +Lunch on Friday\n/)
    expect(output).toContain('3 segments')
  })

  it('reports what a database holds instead of adding samples', async () => {
    await run('segment-report', path)
    expect(await run('segment-report', path)).toContain('3 segments')
  })
})

describe('embedding-pipeline', () => {
  it('stores from four threads while the main thread computes', async () => {
    const output = await run('embedding-pipeline', path)
    expect(output).toContain('Meanwhile 4 threads stored 20000 messages, with their embeddings')
    expect(output).toContain('20000 messages, 20000 embeddings, 2000 segments')
    expect(output).toContain('The latest of channel-0: 10 messages about databases')
  })
})

describe('embedding-pool', () => {
  it('embeds in threads what is stored meanwhile, each message once', async () => {
    const output = await run('embedding-pool', path)
    expect(output).toMatch(/stored \d+ \| embedded \d+, pending \d+, of these \d+ in work\n/)
    expect(output).toContain('5000 of 5000 messages have a vector, each made once')
    expect(output).toMatch(/Most like "how do I make tea\?": .*tea/)
  })

  it.runIf(existsSync(wordVectorsFolder))('adds up vectors of words where there are some', async () => {
    const output = await run('embedding-pool', path, wordVectorsFolder)
    expect(output).toContain('5000 of 5000 messages have a vector, each made once')
    expect(output).toMatch(/Most like "how do I make tea\?": .*tea/)
    await using db = await openDatabase(path, { create: false })
    const found = await db.getEmbeddings({ ownerType: 'message', ownerIds: ['m0'], model: 'word-vectors' })
    expect(found[0]?.dimension).toBe(100)
  })
})
