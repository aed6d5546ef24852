import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { backupDatabase, openDatabase, verifyDatabase } from 'convodb'
import { afterEach, describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** Long beside all that has nothing to do with locks, on a busy machine, too. */
const busyTimeoutMs = 5_000
const holders: ChildProcess[] = []
afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL')
})

/** Another program that has a lock on the file. */
async function hold(path: string, sql: string): Promise<ChildProcess> {
  const program = `
    import Database from 'better-sqlite3'
    const database = new Database(process.argv[1])
    database.exec(process.argv[2])
    console.log('held')
    setInterval(() => undefined, 1_000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program, path, sql], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  holders.push(holder)
  await once(holder.stdout, 'data')
  return holder
}

/** How long SQLite itself waits in vain for a lock as it is now: it counts its pauses, which a busy machine makes longer. */
async function oneWaitMs(path: string): Promise<number> {
  const program = `
    import Database from 'better-sqlite3'
    const database = new Database(process.argv[1], { timeout: ${busyTimeoutMs} })
    const startedAtMs = performance.now()
    try { database.exec('BEGIN EXCLUSIVE') } catch {}
    console.log(performance.now() - startedAtMs)`
  const args = ['--input-type=module', '-e', program, path]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return Number(stdout)
}

async function tookMs(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now()
  await work()
  return performance.now() - startedAtMs
}

/** A closed database, and a backup of it, which uses no write-ahead log yet. */
async function prepare() {
  const folder = await temporaryFolder()
  const [path, backup] = [join(folder, 'chat.db'), join(folder, 'backup.db')]
  const db = await openDatabase(path)
  await db.storeMessage(message('1'))
  await db.close()
  await backupDatabase(path, backup)
  return { folder, path, backup }
}

const locks = [
  ['with a log, about to write', 'path', 'BEGIN IMMEDIATE'],
  ['with a log, for itself alone', 'path', 'PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE'],
  ['without a log, about to write', 'backup', 'BEGIN IMMEDIATE'],
  ['without a log, for itself alone', 'backup', 'BEGIN EXCLUSIVE'],
  ['without a log, reading', 'backup', 'BEGIN; SELECT * FROM messages'],
  ['that is empty, for itself alone', 'empty', 'BEGIN EXCLUSIVE'],
] as const

describe('opening a file on which another program has a lock', () => {
  // A few at a time: what else an opening takes is small beside the waiting then.
  it.each([0, 2, 4])(
    'waits for busyTimeoutMs in all, whatever lock it is, then BUSY: from %d on',
    async (first) => {
      const some = locks.slice(first, first + 2).map(async ([what, file, sql]) => {
        const { folder, ...files } = await prepare()
        const path = { ...files, empty: join(folder, 'empty.db') }[file]
        await hold(path, sql)
        const [took, oneWait, unhindered] = await Promise.all([
          tookMs(() => expectError(openDatabase(path, { busyTimeoutMs }), 'BUSY')),
          oneWaitMs(path),
          tookMs(async () => (await openDatabase(join(folder, 'free.db'))).close()),
        ])
        expect(took, what).toBeGreaterThan(busyTimeoutMs - 200)
        expect(took, what).toBeLessThan(1.9 * oneWait + unhindered)
      })
      await Promise.all(some)
    },
  )

  it.each(['BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE'])('goes on as soon as that ends: %s', async (sql) => {
    const { backup } = await prepare()
    const holder = await hold(backup, sql)
    const opening = openDatabase(backup, { busyTimeoutMs: 60_000 })
    await delay(300)
    holder.kill('SIGKILL')
    const db = await opening
    expect(await db.countMessages()).toBe(1)
    await db.close()
  })
})

describe('calls while another program has the write lock', () => {
  it('are answered within busyTimeoutMs, however many wait behind one another', async () => {
    const { path } = await prepare()
    const db = await temporaryDatabase({ busyTimeoutMs }, path)
    // What was stored is indexed when the writer is idle, which would wait, too.
    await db.storeMessage(message('2'))
    const holder = await hold(path, 'BEGIN IMMEDIATE')
    await delay(500)
    const calls = Array.from({ length: 8 }, async (_, n) => {
      await delay(n * 200)
      return tookMs(() => expectError(db.storeMessage(message(`refused ${n}`)), 'BUSY'))
    })
    const reading = tookMs(() => db.withConnection((connection) => connection.all('SELECT 1')))
    const [oneWait, ...took] = await Promise.all([oneWaitMs(path), ...calls, reading])
    expect(Math.max(...took)).toBeLessThan(1.9 * oneWait)
    expect(Math.max(...took)).toBeGreaterThan(busyTimeoutMs - 200)
    // And wait again when there was no lock for a while.
    holder.kill('SIGKILL')
    await once(holder, 'close')
    expect(await db.storeMessage(message('3'))).toMatchObject({ outcome: 'inserted' })
    const second = await hold(path, 'BEGIN IMMEDIATE')
    const waiting = db.storeMessage(message('4'))
    await delay(1_000)
    second.kill('SIGKILL')
    expect(await waiting).toMatchObject({ outcome: 'inserted' })
  })

  it('and closing take no longer either', async () => {
    const { path } = await prepare()
    const db = await openDatabase(path, { busyTimeoutMs, closeTimeoutMs: 60_000 })
    await db.storeMessage(message('2'))
    await hold(path, 'BEGIN IMMEDIATE')
    const [oneWait, closing] = await Promise.all([oneWaitMs(path), tookMs(() => db.close())])
    expect(closing).toBeLessThan(1.9 * oneWait)
  })
})

describe('verify and backup', () => {
  it('wait for as long as their database does', async () => {
    const { folder, path, backup } = await prepare()
    // Without a log: only so another program can lock a file that is open.
    const db = await temporaryDatabase({ readOnly: true, busyTimeoutMs: 300 }, backup)
    await hold(backup, 'BEGIN EXCLUSIVE')
    const soonMs = 4_500
    expect(await tookMs(() => expectError(db.verify(), 'BUSY'))).toBeLessThan(soonMs)
    expect(
      await tookMs(() => expectError(db.backup(join(folder, 'b.db')), 'BUSY', { path: backup })),
    ).toBeLessThan(soonMs)
    // Of files that are not open they wait for five seconds.
    await copyFile(path, join(folder, 'closed.db'))
    await hold(join(folder, 'closed.db'), 'PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE')
    const took = await tookMs(() => expectError(verifyDatabase(join(folder, 'closed.db')), 'BUSY'))
    expect(took).toBeGreaterThan(4_800)
  })
})
