import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { brief, takeChanges } from '../support/changes.js'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

/** As two processes have it: each with its own connections, and no news of the other. */
let server: TestPostgres
let url: string
let one: DatabaseManager
let two: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
  url = await server.createDatabase()
  one = await openDatabase(url, { readers: 1 })
  two = await openDatabase(url, { readers: 1 })
})
afterAll(async () => {
  await Promise.all([one.close(), two.close()])
  await server.stop()
})

it('a subscription begins now, not where its own process wrote last', async () => {
  await one.storeMessage(message('sn-1', { channelId: 'sn' }))
  await two.storeMessage(message('sn-2', { channelId: 'sn' }))
  const followed = one.subscribe({ channelId: 'sn' })
  // In the same turn: what is called behind it is told.
  const stored = one.storeMessage(message('sn-3', { channelId: 'sn' }))
  expect((await takeChanges(followed, 1)).map(brief)).toEqual(['messageStored sn-3'])
  await stored
  await followed.return()
})

it('what another process commits is told soon', async () => {
  const followed = one.subscribe({ channelId: 'sw' })
  const waiting = takeChanges(followed, 5)
  await one.storeMessage(message('sw-0', { channelId: 'sw' }))
  for (let n = 1; n < 5; n += 1) await two.storeMessage(message(`sw-${n}`, { channelId: 'sw' }))
  expect((await waiting).map(brief)).toEqual(Array.from({ length: 5 }, (_, n) => `messageStored sw-${n}`))
  await followed.return()
})

it('a transaction has the writes of the database to itself', async () => {
  await one.updateProfile({ userId: 'st', profile: { visits: 0 } })
  const visit = (db: DatabaseManager) =>
    db.transaction(async (transaction) => {
      const profile = (await transaction.getProfile('st'))?.profile
      const visits = Number(Reflect.get(Object(profile), 'visits'))
      await transaction.updateProfile({ userId: 'st', profile: { visits: visits + 1 } })
    })
  await Promise.all(Array.from({ length: 20 }, (_, n) => visit(n % 2 === 0 ? one : two)))
  expect((await two.getProfile('st'))?.profile).toEqual({ visits: 20 })
})

const borrower = `
  import { openDatabase } from 'convodb'
  const db = await openDatabase(process.argv[1], { readers: 1 })
  await db.withConnection(
    async (connection) => {
      await connection.run('CREATE TABLE half_done (id integer)')
      process.kill(process.pid, 'SIGSTOP')
    },
    { mode: 'write', idleTimeoutMs: 500 },
  )
`

it('a borrower whose process stands still holds the others up no longer than one that is silent', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', borrower, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  try {
    await vi.waitFor(
      async () => {
        const { held } = await one
          .withConnection((connection) =>
            connection.get(
              `SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND objid = 7101`,
            ),
          )
          .then(Object)
        expect(held).toBe(1)
      },
      { timeout: 30_000 },
    )
    // A call waits for `busyTimeoutMs` and is told BUSY, which is worth trying again.
    await vi.waitFor(() => one.storeMessage(message('sb-1', { channelId: 'sb' })), { timeout: 60_000 })
    const there = await two.withConnection((connection) =>
      connection.get(`SELECT to_regclass('half_done') AS there`),
    )
    expect(there).toEqual({ there: null })
    child.kill('SIGCONT')
    expect(await text(child.stderr)).toContain('LEASE_EXPIRED')
  } finally {
    child.kill('SIGKILL')
    await ended
  }
})
