import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
let url: string
let db: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
  url = await server.createDatabase()
  db = await openDatabase(url, { readers: 2 })
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

describe('a lease', () => {
  it('is one transaction of PostgreSQL’s own SQL, which commits when the work resolves', async () => {
    const { changes } = await db.withConnection(
      async (connection) => {
        await connection.exec(
          'CREATE TABLE own (id integer PRIMARY KEY, name text); INSERT INTO own VALUES (1, $$one$$)',
        )
        return connection.run('INSERT INTO own VALUES ($1, $2)', [2, 'two'])
      },
      { mode: 'write' },
    )
    expect(changes).toBe(1)
    const rows = await db.withConnection((connection) =>
      connection.all('SELECT * FROM own WHERE id > $1 ORDER BY id', [0]),
    )
    expect(rows).toEqual([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ])
  })

  it('rolls back when the work throws, and passes the error on', async () => {
    const work = db.withConnection(
      async (connection) => {
        await connection.run('CREATE TABLE never (id integer)')
        throw new RangeError('changed my mind')
      },
      { mode: 'write' },
    )
    await expect(work).rejects.toThrow(new RangeError('changed my mind'))
    const there = await db.withConnection((connection) =>
      connection.get(`SELECT to_regclass('never') AS there`),
    )
    expect(there).toEqual({ there: null })
  })

  it('reads one snapshot while others write', async () => {
    await db.storeMessage(message('ls-1', { channelId: 'ls' }))
    const sql = 'SELECT count(*) AS n FROM messages WHERE channel_id = $1'
    const counts = await db.withConnection(async (connection) => {
      const before = await connection.get(sql, ['ls'])
      await db.storeMessage(message('ls-2', { channelId: 'ls' }))
      return [before, await connection.get(sql, ['ls'])]
    })
    expect(counts).toEqual([{ n: 1 }, { n: 1 }])
    expect(await db.countMessages({ channelId: 'ls' })).toBe(2)
  })

  it('tells SQL that writes where it may only read by the code that it has on a file', async () => {
    const deleting = db.withConnection((connection) => connection.run('DELETE FROM messages'))
    await expectError(deleting, 'SQL_ERROR', { sqlState: '25006' })
  })

  it('tells wrong SQL by its code, leaves nothing of it behind, and lets the work go on', async () => {
    await db.withConnection(
      async (connection) => {
        await expectError(connection.all('SELEC 1'), 'SQL_ERROR', { sqlState: '42601' })
        await expectError(connection.run('SELECT 1; SELECT 2'), 'SQL_ERROR')
        await expectError(connection.get('SELECT :id', { id: 1 }), 'INVALID_ARGUMENT', { field: 'params' })
        await expectError(connection.exec('COMMIT'), 'SQL_NOT_ALLOWED')
        await connection.exec('CREATE TABLE half (id integer PRIMARY KEY)')
        await expectError(
          connection.exec('INSERT INTO half VALUES (1); INSERT INTO half VALUES (1)'),
          'CONFLICT',
        )
        expect(await connection.all('SELECT * FROM half')).toEqual([])
      },
      { mode: 'write' },
    )
  })

  it('tells that its SQL has ended the transaction, whatever that was hidden in', async () => {
    const work = db.withConnection(
      (connection) => connection.exec('/* */ CREATE TABLE hidden (id integer); SELECT 1; COMMIT; SELECT 2'),
      { mode: 'write' },
    )
    await expect(work).rejects.toMatchObject({ name: 'ConvoDbError' })
    const caught = db.withConnection(
      async (connection) => {
        await connection.exec('SELECT 1; COMMIT; SELECT 2').catch(() => undefined)
      },
      { mode: 'write' },
    )
    await expectError(caught, 'TRANSACTION_ENDED')
  })

  it('ends when it is idle for too long, and rolls back', async () => {
    const never = new Promise<never>(() => {})
    const lease = db.withConnection(
      async (connection) => {
        await connection.run('CREATE TABLE idle (id integer)')
        return never
      },
      { mode: 'write', idleTimeoutMs: 50 },
    )
    await expectError(lease, 'LEASE_EXPIRED', { idleTimeoutMs: 50 })
    await db.storeMessage(message('li-1'))
    const there = await db.withConnection((connection) =>
      connection.get(`SELECT to_regclass('idle') AS there`),
    )
    expect(there).toEqual({ there: null })
  })

  it('whose statement takes for ever is ended by force, so that others can write again', async () => {
    const lease = db.withConnection((connection) => connection.exec('SELECT pg_sleep(600)'), {
      mode: 'write',
      idleTimeoutMs: 100,
    })
    await expectError(lease, 'LEASE_EXPIRED')
    await db.storeMessage(message('lf-1'))
    expect(await db.getMessage('lf-1')).toBeDefined()
  })

  it('has operations and SQL see what either has done before', async () => {
    await db.transaction(async (transaction) => {
      await transaction.storeMessage(message('lo-1', { channelId: 'lo', timestamp: 5 }))
      const row = await transaction.get('SELECT message_count AS count FROM channels WHERE channel_id = $1', [
        'lo',
      ])
      expect(row).toEqual({ count: 1 })
      await transaction.run(`UPDATE channels SET name = 'by hand' WHERE channel_id = $1`, ['lo'])
      expect(await transaction.getChannel('lo')).toMatchObject({ name: 'by hand', messageCount: 1 })
    })
    expect(await db.getChannel('lo')).toMatchObject({ name: 'by hand' })
  })
})

describe('what does not exist on PostgreSQL', () => {
  it('says so by its code', async () => {
    expect(() => db.createPort()).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
    await expectError(db.backup('somewhere.db'), 'UNSUPPORTED')
  })

  it('the path shows no password', () => {
    expect(db.path).not.toContain('postgres:postgres')
    expect(db.path).toMatch(/^postgres:\/\/postgres@127\.0\.0\.1:\d+\/test_1$/)
  })
})

describe('opening', () => {
  it('finds nothing with create: false, and makes everything once, whoever comes first', async () => {
    const fresh = await server.createDatabase()
    await expectError(openDatabase(fresh, { create: false }), 'NOT_FOUND')
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase(fresh, { readers: 1 })))
    await opened[0]?.storeMessage(message('op-1', { channelId: 'op' }))
    expect(await opened[3]?.getMessage('op-1')).toMatchObject({ content: 'hello' })
    await Promise.all(opened.map((one) => one.close()))
  })

  it('tells what is wrong with an address', async () => {
    await expectError(openDatabase('postgres://postgres:wrong@127.0.0.1:1/none'), 'CANNOT_OPEN')
    await expectError(openDatabase('postgres://[nowhere/none'), 'INVALID_ARGUMENT', { field: 'path' })
    const wrongPassword = url.replace('postgres:postgres@', 'postgres:wrong@')
    await expectError(openDatabase(wrongPassword), 'CANNOT_OPEN', { sqlState: '28P01' })
    await expectError(openDatabase(url.replace(/test_\d+$/, 'none')), 'CANNOT_OPEN', { sqlState: '3D000' })
  })

  it('with readOnly: true reads, and refuses to write', async () => {
    const reading = await openDatabase(url, { readOnly: true, readers: 1 })
    await expectError(reading.storeMessage(message('ro-1')), 'READ_ONLY')
    expect(await reading.countMessages()).toBeGreaterThan(0)
    await reading.close()
  })
})

describe('a program that forgets to close', () => {
  it('ends all the same, once its calls are answered', async () => {
    const fresh = await server.createDatabase()
    const program = `
      import { openDatabase } from 'convodb'
      const db = await openDatabase(${JSON.stringify(fresh)}, { readers: 2 })
      await db.storeMessage({ messageId: 'end', channelId: 'c', userId: 'u', content: 'x', timestamp: 1 })
      await db.getMessage('end')
      await db.withConnection((connection) => connection.get('SELECT 1 AS one'))
      console.log('answered')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    expect(stdout).toBe('answered\n')
    const again = await openDatabase(fresh, { readers: 1 })
    expect(await again.getMessage('end')).toBeDefined()
    await again.close()
  }, 60_000)
})
