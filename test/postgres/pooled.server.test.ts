import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeLock } from '../../src/postgres/lock.js'
import { expectError, message, temporaryFolder } from '../support/databases.js'
import { hasPgbouncer, startPgbouncer, type TestPooler } from '../support/pgbouncer.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { documented, expectWhole, storeOn } from '../support/postgres-load.js'

describe.runIf(hasPgbouncer)('a pooler of transactions', () => {
  let server: TestPostgres
  let pooler: TestPooler
  beforeAll(async () => {
    server = await startPostgres()
    pooler = await startPgbouncer(server.port)
  })
  afterAll(async () => {
    await pooler.stop()
    await server.stop()
  })
  const newUrl = async (): Promise<string> =>
    pooler.urlOf(new URL(await server.createDatabase()).pathname.slice(1))

  it('has to be told of in the URL, and an error says so', async () => {
    const url = await newUrl()
    const opening = openDatabase(url.replace('?pooled=true', ''))
    await expect(opening).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringContaining('?pooled=true'),
    })
    const db = await openDatabase(url.replace('pooled', 'pgbouncer'))
    expect(await db.countMessages()).toBe(0)
    await db.close()
  })

  it('lets many open a new database at once', async () => {
    const url = await newUrl()
    const databases = await Promise.all(Array.from({ length: 6 }, () => openDatabase(url, { readers: 1 })))
    await Promise.all(databases.map((db, n) => db.storeMessage(message(`m${n}`))))
    expect(await databases[0]?.countMessages()).toBe(6)
    await Promise.all(databases.map((db) => db.close()))
  })

  it('keeps to the limits of time, which nobody else gets', async () => {
    const url = await newUrl()
    const db = await openDatabase(url, { readers: 1, busyTimeoutMs: 200 })
    await db.storeMessage(message('1'))
    const outside = new pg.Client({ connectionString: url })
    await outside.connect()
    await outside.query('BEGIN')
    await outside.query('LOCK TABLE channels IN ACCESS EXCLUSIVE MODE')
    await expectError(db.storeMessage(message('2')), 'BUSY')
    await expectError(db.listChannels(), 'BUSY')
    await outside.query('ROLLBACK')
    await db.storeMessage(message('2'))
    const { rows } = await outside.query(`SELECT current_setting('lock_timeout') AS limit`)
    expect(rows).toEqual([{ limit: '0' }])
    await outside.end()
    await db.close()
  })

  it('keeps a lock for as long as somebody has it', async () => {
    const url = await newUrl()
    const giveBack = await takeLock(url, 7_130)
    expect(await takeLock(url, 7_130)).toBeUndefined()
    await giveBack?.()
    const again = await takeLock(url, 7_130)
    expect(again).toBeDefined()
    await again?.()
  })

  it('is where a database may move to', async () => {
    const url = await newUrl()
    const file = join(await temporaryFolder(), 'chat.db')
    await using source = await openDatabase(file)
    await source.addMessages(Array.from({ length: 50 }, (_, n) => message(`m${n}`)))
    await source.close()
    await promisify(execFile)(process.execPath, ['dist/cli/index.js', 'move', '--from', file, '--to', url])
    const db = await openDatabase(url, { readers: 1 })
    expect(await db.countMessages()).toBe(50)
    expect((await db.verify()).problems).toEqual([])
    await db.close()
  })

  it('before a server that is killed under load loses nothing that was acknowledged', async () => {
    const db = await openDatabase(await newUrl(), { readers: 2 })
    const load = storeOn(db, 'kill', 40)
    const storeSome = async (): Promise<void> => {
      const before = load.acknowledged.length
      while (load.acknowledged.length < before + 100) await wait(10)
    }
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await storeSome()
      await server.crash()
    }
    await storeSome()
    await load.stop()
    for (const error of load.refused) expect(documented).toContain(error.code)
    await expectWhole(db, load.acknowledged)
    await db.close()
  })
})

it.skipIf(hasPgbouncer)('needs Debian’s package pgbouncer', () => undefined)
