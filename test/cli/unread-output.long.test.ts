import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'

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
