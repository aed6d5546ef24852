import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from 'convodb'

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../build/examples/${name}.js`, import.meta.url))
const execute = promisify(execFile)

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
  it('stores everything though the queue refuses some calls at first', async () => {
    const output = await run('ingest-service', path, '5000')
    expect(output).toMatch(/stored +5000 messages in .+, 5000 rows/)
    expect(Number(/overloaded +(\d+)/.exec(output)?.[1])).toBeGreaterThan(0)
    const db = await openDatabase(path, { create: false })
    expect(await db.countMessages()).toBe(5000)
    await db.close()
  })

  it('ends in good order on SIGTERM, with everything it counted stored', async () => {
    const child = spawn(process.execPath, [pathOf('ingest-service'), path, '100000000'])
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const ended = once(child, 'close')
    await untilFileExists(`${path}-wal`)
    child.kill('SIGTERM')
    await ended
    expect(child.exitCode).toBe(0)
    expect(output).toContain('Stopped early')
    const [, stored, rows] = /stored +(\d+) messages in .+, (\d+) rows/.exec(output) ?? []
    expect(stored).toBe(rows)
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

async function untilFileExists(file: string): Promise<void> {
  while (!existsSync(file)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

describe('embedding-pipeline', () => {
  it('stores from four threads while the main thread computes', async () => {
    const output = await run('embedding-pipeline', path)
    expect(output).toContain('Meanwhile 4 threads stored 20000 messages, with their embeddings')
    expect(output).toContain('20000 messages, 20000 embeddings, 2000 segments')
    expect(output).toContain('The latest of channel-0: 10 messages about databases')
  })
})
