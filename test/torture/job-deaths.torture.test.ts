import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'

/**
 * Loaded into every thread: the one that verifies, copies or checkpoints dies at its first statement, or at closing its
 * connection.
 */
const preload = `
  const Database = require('better-sqlite3')
  const [role, method, way] = process.env.DEATH.split(' ')
  const real = Database.prototype[method]
  Database.prototype[method] = function (...params) {
    if (!new Error().stack.includes('/' + role + '.js')) return real.apply(this, params)
    if (way === 'exit') process.exit(1)
    if (way === 'memory') for (const hoard = []; ; ) hoard.push(Array.from({ length: 10_000 }, (_, n) => n + 0.5))
    queueMicrotask(() => { throw new Error('A fault that a test put here') })
    throw new Error('A fault that a test put here')
  }`

/** A program that catches what its own calls throw, and goes on. */
const program = `
  import { readdirSync } from 'node:fs'
  import { dirname } from 'node:path'
  import { openDatabase } from 'convodb'
  const [path, job] = process.argv.slice(2)
  const message = (n, content = '') => ({ messageId: 'm' + n, channelId: 'c', userId: 'u', content, timestamp: n })
  const db = await openDatabase(path, { walAutocheckpointPages: 20 })
  await db.storeMessage(message(0))
  const codeOf = (error) => error.code
  const jobs = {
    verify: () => db.verify(),
    backup: () => db.backup(path + '.backup'),
    none: () => undefined,
  }
  const code = await Promise.resolve(jobs[job]()).catch(codeOf)
  for (let n = 1; n < 20; n += 1) {
    await db.storeMessage(message(n, 'x'.repeat(50_000)))
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  const stored = await db.countMessages()
  const closed = await db.close({ timeoutMs: 60_000 }).then(() => 'ok', codeOf)
  const left = readdirSync(dirname(path))
  console.log(JSON.stringify({ code, stored, closed, left }))`

/** As a file of its own, since it takes arguments. */
async function run(job: string, death: string) {
  const folder = await temporaryFolder()
  const programPath = join(await temporaryFolder(), 'program.mjs')
  const preloadPath = join(await temporaryFolder(), 'preload.cjs')
  await writeFile(programPath, program.replace("'convodb'", JSON.stringify(import.meta.resolve('convodb'))))
  const sqlite = JSON.stringify(fileURLToPath(import.meta.resolve('better-sqlite3')))
  await writeFile(preloadPath, preload.replace("'better-sqlite3'", sqlite))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [programPath, join(folder, 'chat.db'), job],
    {
      env: {
        ...process.env,
        DEATH: death,
        NODE_OPTIONS: `--max-old-space-size=220 --require=${preloadPath}`,
      },
    },
  )
  return JSON.parse(stdout)
}

const whole = { stored: 20, closed: 'ok', left: ['chat.db'] }

describe('a thread that works on a file and dies', () => {
  it.each([
    // It could still say what was thrown, or not any more.
    ['error', /^(INTERNAL|WORKER_LOST)$/],
    ['exit', /^WORKER_LOST$/],
    ['memory', /^WORKER_LOST$/],
  ])('by %s takes nothing along: its caller gets %s', async (way, codes) => {
    const code: unknown = expect.stringMatching(codes)
    expect(await run('verify', `verifier exec ${way}`)).toEqual({ code, ...whole })
    const { stored, closed } = whole
    expect(await run('backup', `copier exec ${way}`)).toMatchObject({ code, stored, closed })
  })
})

describe('the thread that copies the log', () => {
  it.each(['error', 'exit', 'memory'])(
    'which dies by %s when it is told to close keeps nothing open',
    async (way) => {
      expect(await run('none', `checkpointer close ${way}`)).toEqual(whole)
    },
  )

  it.each(['error', 'exit'])('which dies by %s at its first statement is done without', async (way) => {
    expect(await run('none', `checkpointer prepare ${way}`)).toEqual(whole)
  })
})
