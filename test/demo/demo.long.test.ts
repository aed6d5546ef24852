import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from 'convodb'

const demo = fileURLToPath(new URL('../../build/demo/index.js', import.meta.url))

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

let temporary = ''
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'convodb-test-'))
})
afterEach(() => rm(temporary, { recursive: true, force: true }))

/** Starts the demo with a folder for temporary files of its own, so that what it leaves behind is seen. */
function startDemo(...args: string[]): ChildProcess {
  const env = { ...process.env, TMPDIR: temporary, CI: 'true' }
  return spawn(process.execPath, [demo, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  await once(child, 'close')
  return { exitCode: child.exitCode, ...output }
}

describe('the demo', () => {
  it('fills, reads, shows what it measured and cleans up', async () => {
    const { exitCode, stdout, stderr } = await endOf(startDemo('--messages', '3000'))
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/Stored +3,000 messages in \d+\.\d s/)
    expect(stdout).toMatch(/Rate +[\d,]+ messages\/s/)
    expect(stdout).toMatch(/Read +[\d,]+ pages meanwhile/)
    expect(stdout).toMatch(/Event loop +p50 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms late/)
    expect(stdout).toMatch(/Page latency +p50 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms/)
    expect(stdout).toMatch(/The latest messages of #\S+\n( {2}\d\d:\d\d {2}.+\n){8}/)
    expect(stdout).toMatch(
      /A segment of #\S+\n.+\n.+ messages by \d+ people within \d+ minutes\n( {2}\d\d:\d\d .+\n)+/,
    )
    expect(stdout).toMatch(/User +.+ \(user-\d{4}\), \d+ messages/)
    expect(stdout).toMatch(/Profile +\{"language":"/)
    // To a pipe go plain lines: the newline is the only control character.
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(await readdir(temporary)).toEqual([])
  })

  it('keeps a database that holds what it says', async () => {
    const { exitCode, stdout } = await endOf(startDemo('--messages', '2000', '--seed', '5', '--keep'))
    expect(exitCode).toBe(0)
    const path = /stays: (.+)/.exec(stdout)?.[1] ?? ''
    expect(path.startsWith(temporary)).toBe(true)
    const db = await openDatabase(path, { create: false })
    try {
      expect(await db.countMessages()).toBe(2000)
      const { rows } = await db.stats()
      expect(rows.userProfiles).toBe(rows.users)
      expect(rows.segmentMessages).toBeGreaterThan(1000)
    } finally {
      await db.close()
    }
  })

  it.each([['many'], ['999'], ['1e6']])('refuses --messages %s', async (count) => {
    const { exitCode, stdout, stderr } = await endOf(startDemo(`--messages=${count}`))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('whole number from 1,000')
    expect(await readdir(temporary)).toEqual([])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with %i and cleans up, even when it comes twice', async (signal, expected) => {
    const child = startDemo('--messages', '5000000')
    const end = endOf(child)
    await firstFile()
    child.kill(signal)
    child.kill(signal)
    expect((await end).exitCode).toBe(expected)
    expect(await readdir(temporary)).toEqual([])
  })
})

/** Waits until the demo has a database to clean up. */
async function firstFile(): Promise<void> {
  for (;;) {
    const names = await readdir(temporary, { recursive: true })
    if (names.some((name) => name.endsWith('chat.db-wal'))) return
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
  }
}
