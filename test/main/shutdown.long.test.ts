import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { closeOnSignals, openDatabase, verifyDatabase } from 'convodb'
import { describe, expect, it } from 'vitest'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'
import type { ToldTask } from '../torture/children/run-until-told.js'

const storingProgram = fileURLToPath(
  new URL('../../build/test/torture/children/run-until-told.js', import.meta.url),
)
const endless = `
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
  UPDATE channels SET name = (SELECT count(*) FROM numbers)`

/** On a machine that is busy with other things, too; without it the process would stay for minutes. */
const atOnceMs = 20_000

/** A process under load, which is told to end. */
async function start(task: Omit<ToldTask, 'acknowledgementsPath'>) {
  const acknowledgementsPath = join(await temporaryFolder(), 'acknowledgements')
  const child = spawn(process.execPath, [storingProgram, JSON.stringify({ ...task, acknowledgementsPath })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(child, 'close')
  return {
    /** Until it has said so. */
    async says(pattern: RegExp): Promise<void> {
      while (!pattern.test(output)) await once(child.stdout, 'data')
    },
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async end() {
      const startedAtMs = performance.now()
      const [exitCode, signal] = await ended
      const acknowledgedIds = (await readFile(acknowledgementsPath, 'utf8')).trimEnd().split('\n')
      return { exitCode, signal, acknowledgedIds, tookMs: performance.now() - startedAtMs }
    },
  }
}

const newPath = async (): Promise<string> => join(await temporaryFolder(), 'chat.db')

async function expectStored(path: string, messageIds: readonly string[]): Promise<void> {
  expect(messageIds.length).toBeGreaterThan(0)
  const db = await temporaryDatabase({ create: false }, path)
  expect(await db.getMessagesByIds([...messageIds])).toHaveLength(messageIds.length)
  await db.close()
  expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
}

describe('a process with closeOnSignals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends by %s under load: all that was acknowledged is there, and nothing beside the file',
    async (signal) => {
      const path = await newPath()
      const timeoutMs = 50_000
      const child = await start({ paths: [path], timeoutMs })
      await child.says(/storing\n/)
      child.kill(signal)
      const { acknowledgedIds, tookMs, ...end } = await child.end()
      expect(end).toEqual({ exitCode: null, signal })
      expect(tookMs).toBeLessThan(timeoutMs)
      expect(await readdir(dirname(path))).toEqual(['chat.db'])
      await expectStored(path, acknowledgedIds)
      // In good order: what was accepted was answered, so that nothing more is there than was acknowledged.
      const db = await temporaryDatabase({ readers: 1 }, path)
      expect(await db.countMessages()).toBe(acknowledgedIds.length)
    },
  )

  it('ends by the deadline though SQL that does not end has the writer', async () => {
    const path = await newPath()
    const timeoutMs = 2_000
    const child = await start({ paths: [path], timeoutMs, heldBy: endless })
    await child.says(/held\n/)
    child.kill('SIGTERM')
    const { acknowledgedIds, signal, tookMs } = await child.end()
    expect(signal).toBe('SIGTERM')
    expect(tookMs).toBeGreaterThan(timeoutMs - 100)
    expect(tookMs).toBeLessThan(timeoutMs + atOnceMs)
    await expectStored(path, acknowledgedIds)
  })

  it('ends at once by a second signal, and loses nothing that was acknowledged', async () => {
    const path = await newPath()
    const timeoutMs = 120_000
    const child = await start({ paths: [path], timeoutMs, heldBy: endless })
    await child.says(/held\n/)
    child.kill('SIGTERM')
    await child.says(/told\n/)
    child.kill('SIGINT')
    const { acknowledgedIds, signal, tookMs } = await child.end()
    expect(signal).toBe('SIGINT')
    expect(tookMs).toBeLessThan(atOnceMs)
    await expectStored(path, acknowledgedIds)
  })

  it.each([0, 1, 5])('ends at once by a second signal that comes %d ms after the first', async (pauseMs) => {
    const path = await newPath()
    const child = await start({ paths: [path], timeoutMs: 120_000, heldBy: endless })
    await child.says(/held\n/)
    child.kill('SIGTERM')
    if (pauseMs > 0) await delay(pauseMs)
    child.kill('SIGINT')
    const { acknowledgedIds, signal, tookMs } = await child.end()
    // Two that wait together are delivered in the system's order.
    expect(['SIGINT', 'SIGTERM']).toContain(signal)
    expect(tookMs).toBeLessThan(atOnceMs)
    await expectStored(path, acknowledgedIds)
  })

  it('with two databases waits for both: one that is closed does not cut the other short', async () => {
    const idlePath = await newPath()
    const path = await newPath()
    const heldBy = `INSERT INTO channels (channel_id, created_at) VALUES ('late', 0)`
    const child = await start({ paths: [idlePath, path], timeoutMs: 20_000, heldBy })
    await child.says(/held\n/)
    child.kill('SIGTERM')
    expect(await child.end()).toMatchObject({ exitCode: null, signal: 'SIGTERM' })
    for (const each of [idlePath, path]) expect(await readdir(dirname(each))).toEqual(['chat.db'])
    const db = await temporaryDatabase({ readers: 1 }, path)
    expect(await db.getChannel('late')).toMatchObject({ channelId: 'late' })
  })
})

describe('what should end before the database is closed', () => {
  it('keeps nobody who sends a second signal waiting', async () => {
    const program = `
      import { closeOnSignals, openDatabase } from 'convodb'
      const db = await openDatabase(process.argv[1], { readers: 1 })
      const endless = () => new Promise(() => process.kill(process.pid, 'SIGINT'))
      closeOnSignals(db, { timeoutMs: 2 ** 31 - 1, before: endless })
      setInterval(() => undefined, 1_000)
      process.kill(process.pid, 'SIGTERM')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, await newPath()], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    expect(await once(child, 'close')).toEqual([null, 'SIGINT'])
  })

  it.each([
    [
      'is waited for',
      'new Promise((resolve) => setTimeout(() => resolve(say("ended")), 100))',
      'ended closed',
      '',
    ],
    ['may fail', 'Promise.reject(new Error("broken"))', 'closed', 'failed: Error: broken'],
    ['may throw', '(() => { throw new Error("broken") })()', 'closed', 'failed: Error: broken'],
    [
      'is waited for no longer than timeoutMs',
      'new Promise(() => undefined)',
      'closed',
      'longer than 500 ms',
    ],
  ])('%s', async (_, before, said, warning) => {
    const program = `
      import { closeOnSignals, openDatabase } from 'convodb'
      const say = (text) => process.stdout.write(text + ' ')
      const db = await openDatabase(process.argv[1], { readers: 1 })
      const watched = { close: (options) => db.close(options).then(() => say('closed')) }
      closeOnSignals(watched, { timeoutMs: 500, before: () => ${before} })
      setInterval(() => undefined, 1_000)
      process.kill(process.pid, 'SIGTERM')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, await newPath()])
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
    expect(output.stdout.trim()).toBe(said)
    if (warning === '') expect(output.stderr).toBe('')
    else expect(output.stderr).toContain(warning)
  })
})

it.each(['before', 'after'])(
  'closeOnSignals ends the process beside a handler of the program that was there %s, which runs once',
  async (when) => {
    const program = `
      import { closeOnSignals } from 'convodb'
      const ownHandler = () => process.on('SIGTERM', () => process.stdout.write('own '))
      const db = { close: async () => void process.stdout.write('closed ') }
      if (process.argv[1] === 'before') ownHandler()
      closeOnSignals(db)
      if (process.argv[1] === 'after') ownHandler()
      process.kill(process.pid, 'SIGTERM')
      setInterval(() => undefined, 1_000)`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, when])
    const { signal, stdout } = await run.catch((error: unknown) => Object(error))
    expect({ signal, said: String(stdout).trim().split(' ').toSorted() }).toEqual({
      signal: 'SIGTERM',
      said: ['closed', 'own'],
    })
  },
)

it('closeOnSignals says on stderr why a database was not closed in good order, before the process ends', async () => {
  const program = `
    import { closeOnSignals } from 'convodb'
    closeOnSignals({ close: () => Promise.reject(new Error('the disk is gone')) })
    process.kill(process.pid, 'SIGTERM')
    setInterval(() => undefined, 1_000)`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  await expect(run).rejects.toMatchObject({
    signal: 'SIGTERM',
    stderr: expect.stringContaining('the disk is gone'),
  })
})

it('closeOnSignals returns what takes it back: the last one takes the handlers away, and no others', async () => {
  const handlers = () => ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))
  const before = handlers()
  const own = (): void => undefined
  process.on('SIGTERM', own)
  const db = await openDatabase(':memory:')
  const removeFirst = closeOnSignals(db)
  const removeSecond = closeOnSignals(db)
  const both = handlers()
  expect(both.every((count, index) => count > (before[index] ?? 0))).toBe(true)
  removeFirst()
  removeFirst()
  expect(handlers()).toEqual(both)
  await db.close()
  removeSecond()
  process.off('SIGTERM', own)
  expect(handlers()).toEqual(before)
})

it('closeOnSignals closes what it was called for, and not what was taken back', async () => {
  const program = `
    import { closeOnSignals } from 'convodb'
    const db = (name) => ({ close: async () => void process.stdout.write(name + ' ') })
    closeOnSignals(db('one'))
    closeOnSignals(db('two'))()
    closeOnSignals(db('three'))
    process.kill(process.pid, 'SIGINT')
    setInterval(() => undefined, 1_000)`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  await expect(run).rejects.toMatchObject({ signal: 'SIGINT', stdout: 'one three ' })
})

const canBeFirst = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0

it.runIf(canBeFirst)(
  'closeOnSignals ends also the first process of a container, which signals do not end',
  async () => {
    const program = `
    import { closeOnSignals } from 'convodb'
    closeOnSignals({ close: async () => void process.stdout.write(process.pid + ' closed') })
    process.kill(process.pid, 'SIGTERM')
    setInterval(() => undefined, 1_000)`
    const args = ['--pid', '--fork', process.execPath, '--input-type=module', '-e', program]
    const run = promisify(execFile)('unshare', args)
    await expect(run).rejects.toMatchObject({ code: 128 + 15, stdout: '1 closed' })
  },
)
