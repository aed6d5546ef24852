import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { documented, expectWhole, storeOn } from '../support/postgres-load.js'
import { startCuttingProxy } from '../support/cutting-proxy.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describe('a server that is killed under load', () => {
  it('and starts again loses nothing that was acknowledged, and nothing is stored twice', async () => {
    const url = await server.createDatabase()
    const db = await openDatabase(url, { readers: 2 })
    const load = storeOn(db, 'kill', 40)
    for (let cycle = 0; cycle < 20; cycle += 1) {
      const before = load.acknowledged.length
      while (load.acknowledged.length < before + 200) await wait(10)
      await server.crash()
    }
    const before = load.acknowledged.length
    while (load.acknowledged.length < before + 200) await wait(10)
    await load.stop()
    for (const error of load.refused) expect(documented).toContain(error.code)
    await expectWhole(db, load.acknowledged)
    await db.close()
  })
})

describe('a connection that is cut', () => {
  it('at any byte of a transaction is settled by what the server knows of it', async () => {
    const url = await server.createDatabase()
    const proxy = await startCuttingProxy(server.port)
    const db = await openDatabase(url.replace(`:${server.port}/`, `:${proxy.port}/`), { readers: 1 })
    const direct = await openDatabase(url, { readers: 1 })
    const load = storeOn(db, 'cut', 8)
    for (let cut = 0; cut < 30; cut += 1) {
      const before = load.acknowledged.length
      while (load.acknowledged.length < before + 5) await wait(2)
      // So many bytes of either direction go through, and then none.
      proxy.cutAfter(cut % 2 === 0 ? 'toServer' : 'toClient', (cut * 97) % 4_000)
      while (proxy.cuts === cut) await wait(2)
    }
    await load.stop()
    expect(load.refused).toEqual([])
    await expectWhole(direct, load.acknowledged)
    await Promise.all([db.close(), direct.close()])
    await proxy.close()
  })
})

describe('a lease whose connection is cut', () => {
  it('while it commits is settled by what the server knows of it; before it, nothing was done', async () => {
    const url = await server.createDatabase()
    const proxy = await startCuttingProxy(server.port)
    const db = await openDatabase(url.replace(`:${server.port}/`, `:${proxy.port}/`), { readers: 1 })
    const direct = await openDatabase(url, { readers: 1 })
    const committed: string[] = []
    const failed: string[] = []
    for (let cut = 0; cut < 40; cut += 1) {
      const messageId = `lease-${cut}`
      const work = db.transaction(async (transaction) => {
        await transaction.storeMessage(message(messageId, { channelId: 'lease' }))
        proxy.cutAfter(cut % 2 === 0 ? 'toServer' : 'toClient', 1 + ((cut * 61) % 1_500))
      })
      await work.then(
        () => committed.push(messageId),
        (error: unknown) => {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^(UNREACHABLE|LEASE_EXPIRED|WORKER_LOST)$/),
          })
          failed.push(messageId)
        },
      )
    }
    expect(committed.length).toBeGreaterThan(0)
    expect(failed.length).toBeGreaterThan(0)
    for (const id of committed) expect(await direct.getMessage(id)).toBeDefined()
    for (const id of failed) expect(await direct.getMessage(id)).toBeUndefined()
    await Promise.all([db.close(), direct.close()])
    await proxy.close()
  })
})

describe('two processes at once', () => {
  it('on the same channels, users and ids keep counters and rows right, and never wait for each other for ever', async () => {
    const url = await server.createDatabase()
    const [one, other] = await Promise.all([
      openDatabase(url, { readers: 1 }),
      openDatabase(url, { readers: 1 }),
    ])
    const work = async (db: DatabaseManager, seed: number): Promise<void> => {
      for (let round = 0; round < 60; round += 1) {
        const n = (round * 7 + seed) % 40
        const row = message(`two-${n}`, {
          channelId: `two-${n % 4}`,
          userId: `two-${(n + round) % 5}`,
          timestamp: round,
        })
        await Promise.all([
          db.storeMessage(row),
          db.addMessages(
            [1, 2, 3].map((k) =>
              message(`two-${(n + k) % 40}`, { channelId: `two-${(n + k) % 4}`, userId: 'two' }),
            ),
          ),
          db.deleteMessages([`two-${(n * 3) % 40}`]),
        ])
      }
    }
    await Promise.all([work(one, 1), work(other, 5)])
    const [rows] = await one.withConnection((connection) =>
      connection.all(`
        SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM message_places) AS places,
          (SELECT sum(message_count)::bigint FROM channels) AS "inChannels", (SELECT sum(message_count)::bigint FROM users) AS "ofUsers"`),
    )
    const messages = Number(rows?.['messages'])
    expect(rows).toEqual({ messages, places: messages, inChannels: messages, ofUsers: messages })
    await Promise.all([one.close(), other.close()])
  })

  it('never store a forgotten user’s message behind the tombstone', async () => {
    const url = await server.createDatabase()
    const [one, other] = await Promise.all([
      openDatabase(url, { readers: 1 }),
      openDatabase(url, { readers: 1 }),
    ])
    const load = storeOn(other, 'gone', 10)
    for (let user = 0; user < 7; user += 1) await one.forgetUser(`gone-${user}`)
    await wait(50)
    await load.stop()
    for (let user = 0; user < 7; user += 1)
      expect((await one.getUserMessages({ userId: `gone-${user}` })).items).toEqual([])
    await Promise.all([one.close(), other.close()])
  })
})

describe('a lock that somebody else holds', () => {
  it('is waited for as long as busyTimeoutMs, and then told', async () => {
    const url = await server.createDatabase()
    const db = await openDatabase(url, { readers: 1, busyTimeoutMs: 200 })
    await db.storeMessage(message('lock-1', { channelId: 'lock' }))
    await db.withConnection(
      async (connection) => {
        await connection.run('LOCK TABLE channels IN ACCESS EXCLUSIVE MODE')
        const other = await openDatabase(url, { readers: 1, busyTimeoutMs: 200 })
        await expectError(other.storeMessage(message('lock-2', { channelId: 'lock' })), 'BUSY')
        await other.close()
      },
      { mode: 'write' },
    )
    await db.storeMessage(message('lock-2', { channelId: 'lock' }))
    expect(await db.countMessages({ channelId: 'lock' })).toBe(2)
    await db.close()
  })
})
