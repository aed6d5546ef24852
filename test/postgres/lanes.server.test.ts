import { setImmediate as nextTurn } from 'node:timers/promises'
import { openDatabase, type DatabaseManager } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { brief, takeChanges } from '../support/changes.js'
import { expectError, message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
let url: string
let db: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
  url = await server.createDatabase()
  db = await openDatabase(url, { readers: 1 })
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

const channels = Array.from({ length: 20 }, (_, n) => `channel ${n}`)

describe('messages that are stored one by one', () => {
  it('go over two connections: while a channel is held by somebody, others are stored', async () => {
    await db.storeMessage(message('held-0', { channelId: 'held' }))
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query('BEGIN')
    await other.query(`SELECT FROM channels WHERE channel_id = 'held' FOR UPDATE`)
    const storing = Promise.all(
      ['held', ...channels].map((channelId) =>
        db.storeMessage(message(`${channelId}-1`, { channelId, userId: `of ${channelId}` })),
      ),
    )
    const readIds = async (): Promise<unknown[]> =>
      (await other.query(`SELECT message_id FROM messages WHERE user_id LIKE 'of %'`)).rows
    await vi.waitFor(async () => expect((await readIds()).length).toBeGreaterThan(4), 4_000)
    expect(await readIds()).not.toContainEqual({ message_id: 'held-1' })
    await other.query('ROLLBACK')
    await storing
    expect(await readIds()).toHaveLength(21)
    await other.end()
  })

  it('keep the order of the calls in each channel, whatever others do', async () => {
    const count = 600
    const followed = db.subscribe()
    const seen = takeChanges(followed, count)
    await Promise.all(
      Array.from({ length: count }, (_, n) =>
        db.storeMessage(message(`o-${n}`, { channelId: `ordered ${n % 7}`, timestamp: 5 })),
      ),
    )
    const told = (await seen).map(brief)
    await followed.return()
    expect(new Set(told).size).toBe(count)
    for (let channel = 0; channel < 7; channel += 1) {
      const numbers = Array.from({ length: count }, (_, n) => n).filter((n) => n % 7 === channel)
      const { items } = await db.getMessages({ channelId: `ordered ${channel}`, order: 'asc', limit: 1_000 })
      expect(items.map(({ messageId }) => messageId)).toEqual(numbers.map((n) => `o-${n}`))
      const inChannel = told.filter((text) => numbers.includes(Number(text.split('-')[1])))
      expect(inChannel).toEqual(numbers.map((n) => `messageStored o-${n}`))
    }
  })

  it('of one id end in the channel of the last call', async () => {
    const rounds = Array.from({ length: 10 }, (_, n) => [...channels.slice(n), ...channels.slice(0, n)])
    for (const [first, ...others] of rounds) {
      const calls = [first ?? '', ...others].map((channelId) =>
        db.storeMessage(message('wanderer', { channelId, content: channelId })),
      )
      await Promise.all(calls)
      expect(await db.getMessage({ messageId: 'wanderer' })).toMatchObject({
        channelId: others.at(-1),
        content: others.at(-1),
      })
    }
  })

  it('of one id wait for all that was called before, also where it is in several batches of one lane', async () => {
    const [lane, sameLane, otherLane] = ['b', 'd', 'a']
    await db.storeMessage(message('returner', { channelId: lane }))
    // Somebody stores a message that the second batch has, too: it waits, and holds up what is behind it in its lane.
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query(`BEGIN; INSERT INTO message_places VALUES ('stopper', 'elsewhere', 1)`)
    const store = (channelId: string) =>
      db.storeMessage(message('returner', { channelId, content: channelId }))
    const first = store(lane)
    await nextTurn()
    const second = Promise.all([
      db.storeMessage(message('stopper', { channelId: sameLane })),
      store(sameLane),
    ])
    await first
    const third = store(otherLane)
    await vi.waitFor(async () => expect(await countWaiting(url)).toBe(1))
    for (let look = 0; look < 100; look += 1)
      expect(await db.getMessage('returner')).toMatchObject({ channelId: lane })
    await other.query('ROLLBACK')
    await Promise.all([second, third])
    expect(await db.getMessage('returner')).toMatchObject({ channelId: otherLane, content: otherLane })
    await other.end()
  })

  it('are there for whatever is called behind them, which is there for what comes next', async () => {
    const calls: Promise<unknown>[] = []
    for (const channelId of channels) calls.push(db.storeMessage(message(`b-${channelId}`, { channelId })))
    const deleted = db.deleteMessages({ messageIds: channels.map((channelId) => `b-${channelId}`) })
    for (const channelId of channels) calls.push(db.storeMessage(message(`b-${channelId}`, { channelId })))
    expect(await deleted).toBe(channels.length)
    const outcomes = await Promise.all(calls)
    expect(outcomes).toEqual(
      [...channels, ...channels].map((id) => ({ messageId: `b-${id}`, outcome: 'inserted' })),
    )
  })

  it('fail alone, and each is answered for itself', async () => {
    await db.storeMessage(message('taken', { channelId: 'channel 3' }))
    const calls = channels.map((channelId, n) =>
      n === 3 || n === 4
        ? db.storeMessage({ ...message('taken', { channelId }), onConflict: 'error' })
        : db.storeMessage(message(`f-${n}`, { channelId })),
    )
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([3, 4])
    await expectError(calls[3] ?? Promise.resolve(), 'ALREADY_EXISTS')
  })

  it('and counters agree with them', async () => {
    expect(await db.verify()).toMatchObject({ isOk: true, problems: [] })
  })
})

it('a server that has no connection left for the second gets all over the first, in order', async () => {
  const small = await startPostgres({ settings: ['max_connections=12'] })
  const smallUrl = await small.createDatabase()
  const opened = await openDatabase(smallUrl, { readers: 1, search: false })
  const others = await takeConnections(smallUrl)
  const stores = Array.from({ length: 200 }, (_, n) =>
    opened.storeMessage(message(`s-${n}`, { channelId: channels[n % 20] ?? '', timestamp: 1 })),
  )
  expect(new Set((await Promise.all(stores)).map(({ outcome }) => outcome))).toEqual(new Set(['inserted']))
  await Promise.all(others.map((other) => other.end()))
  const { items } = await opened.getMessages({ channelId: 'channel 4', order: 'asc' })
  expect(items.map(({ messageId }) => messageId)).toEqual(
    Array.from({ length: 10 }, (_, n) => `s-${4 + 20 * n}`),
  )
  await opened.close()
  await small.stop()
})

it('two that bring the same new user, and one of which changes a message of another, do not wait for each other', async () => {
  const patient = await startPostgres({ settings: ['deadlock_timeout=10min'] })
  const patientUrl = await patient.createDatabase()
  const opened = await openDatabase(patientUrl, { readers: 1, search: false, busyTimeoutMs: 600_000 })
  const [lane, otherLane] = ['b', 'a']
  await opened.storeMessage(message('changed', { channelId: lane, userId: 'zoe' }))
  await opened.storeMessage(message('of mia', { channelId: otherLane, userId: 'mia' }))
  // So that the one has added the new user, and has not come to the last one, while the other begins.
  const other = new pg.Client({ connectionString: patientUrl })
  await other.connect()
  await other.query(`BEGIN; SELECT FROM users WHERE user_id = 'mia' FOR UPDATE`)
  const first = ['ben', 'mia', 'zoe'].map((userId) =>
    opened.storeMessage(message(`new of ${userId}`, { channelId: otherLane, userId })),
  )
  await vi.waitFor(async () => expect(await countWaiting(patientUrl)).toBe(1))
  const second = [
    opened.storeMessage(message('newer of ben', { channelId: lane, userId: 'ben' })),
    opened.storeMessage(message('changed', { channelId: lane, userId: 'zoe', timestamp: 2_000 })),
  ]
  await vi.waitFor(async () => expect(await countWaiting(patientUrl)).toBe(2))
  await other.query('ROLLBACK')
  await Promise.all([...first, ...second])
  expect(await opened.getUser('zoe')).toMatchObject({ messageCount: 2 })
  expect(await opened.verify()).toMatchObject({ isOk: true })
  await other.end()
  await opened.close()
  await patient.stop()
}, 60_000)

/** How many connections to a database wait for a lock. What one sees of that stays as it is while its transaction lasts. */
async function countWaiting(of: string): Promise<number> {
  const observer = new pg.Client({ connectionString: of })
  await observer.connect()
  const { rows } = await observer.query(
    `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
  )
  await observer.end()
  return rows.length
}

/** All that there are. */
async function takeConnections(from: string): Promise<pg.Client[]> {
  const taken: pg.Client[] = []
  for (;;) {
    const other = new pg.Client({ connectionString: from })
    try {
      await other.connect()
      taken.push(other)
    } catch {
      return taken
    }
  }
}

describe('?writers', () => {
  it('says over how many connections, from 1 to 4', async () => {
    const countConnections = async (writers: string): Promise<number> => {
      const name = await server.createDatabase()
      await using opened = await openDatabase(`${name}?writers=${writers}`, { readers: 1, search: false })
      await Promise.all(channels.map((channelId) => opened.storeMessage(message(channelId, { channelId }))))
      const [row] = await db.withConnection((connection) =>
        connection.all('SELECT count(*) AS count FROM pg_stat_activity WHERE datname = $1', [
          new URL(name).pathname.slice(1),
        ]),
      )
      return Number(row?.['count'])
    }
    expect(await countConnections('4')).toBe((await countConnections('1')) + 3)
  })

  it.each(['0', '5', 'two', ''])('is refused as %j', async (writers) => {
    await expectError(openDatabase(`${url}?writers=${writers}`), 'INVALID_ARGUMENT', { field: 'path' })
  })
})
