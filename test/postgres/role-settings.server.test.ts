import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initializeScale } from '../../src/postgres/schema/scale-init.js'
import { expectError, message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** A database that gives whoever connects such a setting, which is in `settings` of a role elsewhere. */
async function createDatabaseWith(setting: string): Promise<string> {
  const url = await server.createDatabase()
  await withClient(url, (client) =>
    client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET ${setting}`),
  )
  return url
}

async function withClient<Value>(url: string, work: (client: pg.Client) => Promise<Value>): Promise<Value> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

it('a database that waits for locks as shortly as can be is made by several at once all the same', async () => {
  const url = await createDatabaseWith(`lock_timeout = '1ms'`)
  const reports = await Promise.all(Array.from({ length: 4 }, () => initializeScale(url, {})))
  expect(reports.length).toBe(4)
})

describe.each(['', '?pooled=true'])('a database of somebody else’s settings, %s', (pooled) => {
  it('that ends statements soon ends none that writes and has to wait', async () => {
    const url = await createDatabaseWith(`statement_timeout = '200ms'`)
    const db = await openDatabase(url + pooled, { readers: 1 })
    await withClient(url, async (client) => {
      await client.query('BEGIN; LOCK TABLE channels')
      const stored = db.storeMessage(message('st-1'))
      stored.catch(() => 'told of below')
      await wait(600)
      await client.query('COMMIT')
      expect(await stored).toMatchObject({ outcome: 'inserted' })
    })
    await db.close()
  })

  it('that shows numbers with fewer digits gives each as it was stored', async () => {
    const url = await createDatabaseWith('extra_float_digits = 0')
    const db = await openDatabase(url + pooled, { readers: 1 })
    const scores = { coherenceScore: 0.1 + 0.2, activityLevel: Number.MAX_VALUE }
    const segment = { segmentId: 'ef', channelId: 'ef', startTime: 0, endTime: 1, ...scores }
    expect(await db.createConversationSegment(segment)).toMatchObject(scores)
    expect(await db.getConversationSegment('ef')).toMatchObject(scores)
    const inTransaction = await db.transaction((transaction) => transaction.getConversationSegment('ef'))
    expect(inTransaction).toMatchObject(scores)
    await db.close()
  })
})

it.each(['', '?pooled=true'])('who waits no time for others does not wait for ever, %s', async (pooled) => {
  const url = await server.createDatabase()
  const db = await openDatabase(url + pooled, { readers: 1, busyTimeoutMs: 0 })
  await withClient(url, async (client) => {
    await client.query('BEGIN; LOCK TABLE channels')
    await expectError(db.storeMessage(message('bt-1')), 'BUSY')
    await client.query('COMMIT')
  })
  expect(await db.storeMessage(message('bt-1'))).toMatchObject({ outcome: 'inserted' })
  await db.close()
})
