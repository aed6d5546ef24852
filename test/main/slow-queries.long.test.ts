import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** Counts inside SQLite, where nothing can interrupt it. */
const counting = (steps: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${steps}) SELECT count(*) FROM n`

/** Longer than the second that a thread is given whose caller has gone, on a fast machine as on a busy one. */
const slowMs = 5_000
let slow = ''

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

describe('a query that does not end', () => {
  beforeAll(async () => {
    await using db = await openDatabase(':memory:')
    const steps = 100_000
    const times: number[] = []
    // The fastest of many short ones is the machine's own speed, also when others use it.
    for (let run = 0; run < 30; run += 1)
      times.push(await timeOf(() => db.withConnection((connection) => connection.all(counting(steps)))))
    slow = counting(Math.ceil((steps * slowMs) / Math.min(...times)))
  })

  it('keeps no other reader, no writer and no later lease waiting; its caller can go at once', async () => {
    const db = await temporaryDatabase()
    await db.storeMessage(message('1'))
    const caller = new AbortController()
    const hung = db.withConnection(
      async (connection) => {
        await connection.get('SELECT 1')
        const rows = connection.all(slow)
        caller.abort()
        return rows
      },
      { signal: caller.signal },
    )
    const tookMs = timeOf(() => expectError(hung, 'ABORTED'))
    expect(await db.countMessages()).toBe(1)
    expect(await db.storeMessage(message('2'))).toMatchObject({ outcome: 'inserted' })
    expect(await tookMs).toBeLessThan(slowMs)
    // The thread that is left behind is replaced: the only one for leases.
    const later = db.withConnection((connection) => connection.get('SELECT 1 AS one'))
    expect(await later).toEqual({ one: 1 })
    expect((await db.stats()).restarts.readers).toBeGreaterThan(0)
  })

  it('on the writer keeps the queue waiting, no reader, and its own caller no longer than the deadline', async () => {
    const db = await temporaryDatabase()
    await db.storeMessage(message('1'))
    const hung = db.withConnection((connection) => connection.all(slow), { mode: 'write', timeoutMs: 100 })
    const tookMs = timeOf(() => expectError(hung, 'TIMEOUT'))
    const waiting = db.storeMessage(message('2'))
    await expectError(db.storeMessage(message('3'), { timeoutMs: 50 }), 'TIMEOUT', { maybeCommitted: false })
    expect(await db.countMessages()).toBe(1)
    expect(await tookMs).toBeLessThan(slowMs)
    expect(await waiting).toMatchObject({ outcome: 'inserted' })
  })

  it.each(['read', 'write'] as const)(
    'of a %s lease does not keep close() waiting beyond its deadline',
    async (mode) => {
      const path = join(await temporaryFolder(), 'chat.db')
      const db = await openDatabase(path)
      await db.storeMessage(message('kept'))
      const hung = db.withConnection((connection) => connection.all(slow), { mode })
      const queued = mode === 'write' ? db.storeMessage(message('queued')) : undefined
      const outcome = expectError(hung, 'CLOSED')
      const unsent = queued && expectError(queued, 'CLOSED')
      expect(await timeOf(() => db.close({ timeoutMs: 200 }))).toBeLessThan(slowMs)
      await Promise.all([outcome, unsent])
    },
  )
})
