import { join } from 'node:path'
import Database from 'better-sqlite3'
import { diagnosticsChannels, openDatabase } from 'convodb'
import { describe, expect, it, vi } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { listen } from '../support/diagnostics.js'

const newPath = async (): Promise<string> => join(await temporaryFolder(), 'chat.db')

it('the channels have the names that are documented', () => {
  expect(diagnosticsChannels).toEqual({
    commit: 'convodb:commit',
    checkpoint: 'convodb:checkpoint',
    damage: 'convodb:damage',
    workerStart: 'convodb:worker:start',
    workerEnd: 'convodb:worker:end',
  })
})

describe('convodb:commit', () => {
  it('tells of every batch: how many operations, and how long from sending to its answer', async () => {
    const db = await temporaryDatabase()
    const { events } = listen('commit')
    await db.storeMessage(message('lone'))
    expect(events).toEqual([{ operations: 1, isCommitted: true, durationMs: expect.any(Number) }])
    await Promise.all(Array.from({ length: 100 }, (_, n) => db.storeMessage(message(String(n)))))
    const operations = events.map((event) => Object(event).operations)
    expect(operations.reduce((sum, count) => sum + count, 0)).toBe(101)
    expect(events).toHaveLength((await db.stats()).commits)
    for (const event of events) expect(Object(event).durationMs).toBeGreaterThan(0)
  })

  it('tells of an operation that fails alone as committed, and of a batch that fails whole as not', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({ busyTimeoutMs: 20 }, path)
    const { events } = listen('commit')
    await db.storeMessage(message('1'))
    await expectError(db.storeMessage({ ...message('1'), onConflict: 'error' }), 'ALREADY_EXISTS')
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    await expectError(db.storeMessage(message('2')), 'BUSY')
    other.close()
    expect(events.map((event) => Object(event).isCommitted)).toEqual([true, true, false])
  })
})

describe('convodb:checkpoint', () => {
  it('tells of checkpoints that come by themselves, and of those that are asked for', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({ walAutocheckpointPages: 50 }, path)
    const { events } = listen('checkpoint')
    let n = 0
    while (events.length === 0) {
      const rows = Array.from({ length: 50 }, () => message(String(n++), { content: 'x'.repeat(500) }))
      await db.addMessages(rows)
    }
    expect(events[0]).toEqual({
      path,
      walFrames: expect.any(Number),
      checkpointedFrames: expect.any(Number),
      durationMs: expect.any(Number),
    })
    expect(Object(events[0]).walFrames).toBeGreaterThan(0)
    await db.close()

    const quiet = await temporaryDatabase({ readers: 1 }, path)
    await quiet.storeMessage(message('quiet'))
    const { walFrames, checkpointedFrames } = await quiet.checkpoint()
    expect(walFrames).toBeGreaterThan(0)
    // What the first one's threads told last may come in between.
    const told = { path, walFrames, checkpointedFrames, durationMs: expect.any(Number) }
    await vi.waitFor(() => expect(events).toContainEqual(told), { timeout: 60_000 })
    // One that another one was about is none.
    expect(events.filter((event) => Object(event).walFrames < 0)).toEqual([])
  })
})

describe('convodb:worker:start and convodb:worker:end', () => {
  it('tell of every thread of a database, in its role', async () => {
    const path = await newPath()
    const starts = listen('workerStart')
    const ends = listen('workerEnd')
    const db = await openDatabase(path, { readers: 2 })
    expect(starts.events).toEqual([
      { path, role: 'writer' },
      { path, role: 'reader' },
      { path, role: 'reader' },
    ])
    await db.withConnection((connection) => connection.get('SELECT 1 AS one'))
    expect(starts.events.slice(3)).toEqual([{ path, role: 'leaseReader' }])
    expect(ends.events).toEqual([])
    await db.close()
    const roles = ends.events.map((event) => Object(event).role)
    expect(roles.toSorted()).toEqual(['leaseReader', 'reader', 'reader', 'writer'])
    expect(new Set(ends.events.map((event) => Object(event).path))).toEqual(new Set([path]))
  })

  it('tell of a thread that is taken from SQL nobody waits for any more, and of the one in its place', async () => {
    const db = await temporaryDatabase()
    // Some seconds inside SQLite, where nothing can interrupt it: the thread ends after that.
    const slow = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000000) SELECT count(*) FROM n`
    const starts = listen('workerStart')
    const ends = listen('workerEnd')
    const ended = ends.next()
    const caller = new AbortController()
    const hung = db.withConnection(
      async (connection) => {
        await connection.get('SELECT 1 AS one')
        const rows = connection.all(slow)
        caller.abort()
        return rows
      },
      { signal: caller.signal },
    )
    await expectError(hung, 'ABORTED')
    expect(await db.withConnection((connection) => connection.get('SELECT 1 AS one'))).toEqual({ one: 1 })
    expect(starts.events).toMatchObject([{ role: 'leaseReader' }, { role: 'leaseReader' }])
    expect((await db.stats()).restarts).toEqual({ readers: 1, writer: 0, reopenings: 0 })
    expect(await ended).toMatchObject({ role: 'leaseReader' })
  })
})
