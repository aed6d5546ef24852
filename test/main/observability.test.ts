import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { emptyLog, expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { listen } from '../support/diagnostics.js'

const newPath = async (): Promise<string> => join(await temporaryFolder(), 'chat.db')

function deferred() {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve: () => resolve() }
}

describe('stats', () => {
  it('of a database in which nothing has happened', async () => {
    const db = await temporaryDatabase()
    expect(await db.stats()).toMatchObject({
      commits: 0,
      failedBatches: 0,
      oldestReaderMs: 0,
      lastCheckpoint: null,
      restarts: { readers: 0, writer: 0, reopenings: 0 },
    })
  })

  it('walBytes grows with what is written and is 0 when a checkpoint has emptied the log', async () => {
    const db = await temporaryDatabase()
    const before = await db.stats()
    expect(before.fileBytes).toBeLessThan(1_000_000)
    await db.storeMessage(message('1', { content: 'x'.repeat(1_000_000) }))
    const written = await db.stats()
    expect(written.walBytes).toBeGreaterThan(Math.max(before.walBytes, 1_000_000))
    const told = listen('checkpoint').next()
    await emptyLog(db)
    await told
    // Nor does the idle writer write to it by itself.
    await delay(600)
    const emptied = await db.stats()
    expect(emptied.walBytes).toBe(0)
    expect(emptied.fileBytes).toBeGreaterThan(1_000_000)
  })

  it('lastCheckpoint tells of the one that enough writes bring, with nobody asking for it', async () => {
    const db = await temporaryDatabase({ walAutocheckpointPages: 50 })
    const openedAtMs = Date.now()
    const { events } = listen('checkpoint')
    let n = 0
    while (events.length === 0) {
      const rows = Array.from({ length: 50 }, () => message(String(n++), { content: 'x'.repeat(500) }))
      await db.addMessages(rows)
    }
    const { lastCheckpoint } = await db.stats()
    const last: unknown = events.at(-1)
    expect(lastCheckpoint).toMatchObject({
      walFrames: Object(last).walFrames,
      checkpointedFrames: Object(last).checkpointedFrames,
      durationMs: Object(last).durationMs,
    })
    expect(lastCheckpoint?.at.getTime()).toBeGreaterThanOrEqual(openedAtMs)
    expect(lastCheckpoint?.at.getTime()).toBeLessThanOrEqual(Date.now())
  })

  it('lastCheckpoint tells how much a reader keeps from being copied', async () => {
    const db = await temporaryDatabase()
    await db.storeMessage(message('1'))
    await db.withConnection(async (connection) => {
      await connection.get('SELECT count(*) AS count FROM messages')
      await db.storeMessage(message('2', { content: 'x'.repeat(100_000) }))
      const told = listen('checkpoint').next()
      await db.checkpoint()
      await told
    })
    const { lastCheckpoint } = await db.stats()
    expect(lastCheckpoint?.checkpointedFrames).toBeLessThan(lastCheckpoint?.walFrames ?? 0)
  })

  it('oldestReaderMs is the age of the oldest lease, and 0 when all are over', async () => {
    const db = await temporaryDatabase({ leaseReaders: 2 })
    const { promise: over, resolve: endLeases } = deferred()
    /** Resolves when the lease has begun. */
    const hold = async () => {
      const { promise: begun, resolve: begin } = deferred()
      const lease = db.withConnection(async (connection) => {
        await connection.get('SELECT 1 AS one')
        begin()
        await over
      })
      await begun
      return { lease, sinceMs: performance.now() }
    }
    const oldest = await hold()
    await delay(100)
    const youngest = await hold()
    const heldMs = performance.now() - oldest.sinceMs
    expect((await db.stats()).oldestReaderMs).toBeGreaterThanOrEqual(heldMs)
    endLeases()
    await Promise.all([oldest.lease, youngest.lease])
    expect((await db.stats()).oldestReaderMs).toBe(0)
  })

  it('failedBatches counts the transactions that failed as a whole, not the operations that fail alone', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({ busyTimeoutMs: 20 }, path)
    await db.storeMessage(message('1'))
    await expectError(db.storeMessage({ ...message('1'), onConflict: 'error' }), 'ALREADY_EXISTS')
    expect(await db.stats()).toMatchObject({ commits: 2, failedBatches: 0 })
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    await expectError(db.storeMessage(message('2')), 'BUSY')
    await expectError(db.addMessages([message('3'), message('4')]), 'BUSY')
    expect(await db.stats()).toMatchObject({ commits: 2, failedBatches: 2 })
    other.exec('ROLLBACK')
    other.close()
    await db.storeMessage(message('2'))
    expect(await db.stats()).toMatchObject({ commits: 3, failedBatches: 2, rows: { messages: 2 } })
  })
})
