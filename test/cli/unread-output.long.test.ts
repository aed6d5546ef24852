import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { startCli } from './run-cli.js'

let path: string
let cursor: string

// One line of it is more than a pipe and its reader hold.
const content = 'x'.repeat(900_000)
const muchMs = 60_000

beforeEach(async () => {
  path = join(await temporaryFolder(), 'chat.db')
  await using db = await openDatabase(path, { readers: 1 })
  cursor = (await db.listChanges()).nextCursor
  await db.addMessages([message('1', { content: 'short' }), message('2', { content })])
})

describe('a command that is told to end while nobody reads its output', () => {
  it.each([
    ['events', 'SIGINT', 130, () => ['events', '--after', cursor, '--json']],
    ['events', 'SIGTERM', 143, () => ['events', '--after', cursor]],
    ['export', 'SIGINT', 130, () => ['export']],
    ['export of rows', 'SIGTERM', 143, () => ['export', '--kind', 'messages', '--format', 'csv']],
  ] as const)('%s ends at the first %s, with %d', async (_, signal, exitCode, argsOf) => {
    const command = [resolve('dist', 'cli', 'index.js'), ...argsOf(), '--db', path]
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
    const stderr: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
    const ended = once(child, 'exit')
    // So much of the long line has come, and the rest of it can not.
    await expect.poll(() => child.stdout.readableLength, { timeout: muchMs }).toBeGreaterThan(10_000)
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    expect(await ended).toEqual([exitCode, null])
    clearTimeout(late)
    const [, goOn] = /To go on from here: --after (\S+)\n/.exec(stderr.join('')) ?? []
    if (goOn === undefined) return
    // What was written in part comes again, and what was written whole does not.
    await using db = await openDatabase(path, { readers: 1 })
    const { items } = await db.listChanges({ after: goOn })
    expect(items).toMatchObject([{ messageId: '2' }])
  })

  it('events to a reader that takes its time end behind a whole line', async () => {
    const command = [resolve('dist', 'cli', 'index.js'), 'events', '--after', cursor, '--json', '--db', path]
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(child, 'close')
    await expect.poll(() => child.stdout.readableLength, { timeout: muchMs }).toBeGreaterThan(10_000)
    child.kill('SIGINT')
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    expect(await ended).toEqual([130, null])
    const lines = text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).messageId)).toEqual(['1', '2'])
  })
})

/** `convodb ... | head -n 1`; the exit code is that of convodb. */
const firstLineOf = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const command = 'set -o pipefail; "$0" "$@" | head -n 1'
  const shell = ['bash', '-c', command, process.execPath, resolve('dist', 'cli', 'index.js')]
  return startCli(args, shell, env).result
}

describe('a command whose reader has seen enough', () => {
  it('asks for no further page', async () => {
    const time = '2026-01-01T00:00:00.000Z'
    const user = {
      userId: 'ada',
      displayName: null,
      metadata: null,
      lastActive: time,
      firstSeen: time,
      messageCount: 1,
    }
    const value = { items: [user], nextCursor: 'there are always more' }
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end(JSON.stringify({ outcomes: [{ ok: true, value }] })))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const env = { CONVODB_URL: `http://127.0.0.1:${port}`, CONVODB_API_KEY: 'cdb_test' }
    const { exitCode, stdout, stderr } = await firstLineOf(['users', '--limit', '1000000000'], env)
    server.close()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^2026-01-01 00:00 +1 message {2}ada\n$/)
  })

  it('events say that it goes on behind what was read', async () => {
    const { exitCode, stdout, stderr } = await firstLineOf([
      'events',
      '--after',
      cursor,
      '--json',
      '--db',
      path,
    ])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ messageId: '1' })
    const [, goOn] = /To go on from here: --after (\S+)\n/.exec(stderr) ?? []
    await using db = await openDatabase(path, { readers: 1 })
    expect((await db.listChanges({ after: goOn })).items).toMatchObject([{ messageId: '2' }])
  })
})
