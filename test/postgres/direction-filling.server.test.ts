import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startCuttingProxy } from '../support/cutting-proxy.js'
import { message } from '../support/databases.js'
import { hasPgbouncer, startPgbouncer } from '../support/pgbouncer.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { writeStandInVector, type StandInVector } from '../support/stand-in-vector.js'
import {
  addColumns,
  bothIndexes,
  connectOutside,
  expectFilled,
  open,
  Outside,
  patience,
  storedVectors,
  storeWithoutDirections,
  takeWarnings,
} from '../support/vectors-from-before.js'

let standIn: StandInVector
let server: TestPostgres
let url: string
let outside: Outside
beforeAll(async () => {
  standIn = await writeStandInVector()
  server = await startPostgres({ settings: standIn.settings })
})
afterAll(async () => {
  await server.stop()
  await standIn.remove()
})
beforeEach(async () => {
  url = await server.createDatabase()
  outside = new Outside(await connectOutside(url))
})
afterEach(async () => {
  await outside.end()
  expect(takeWarnings()).toEqual([])
})

/** Has the filler stand still in the middle of a slice: what it updates then waits for a lock of ours. */
async function holdUpFilling(): Promise<{ untilHeld(): Promise<void>; goOn(): Promise<void> }> {
  const [key] = await outside.ask(
    `SELECT message_key FROM message_embeddings WHERE channel_id = 'c0' ORDER BY message_key OFFSET 150 LIMIT 1`,
  )
  await outside.ask(`
    CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(4242); RETURN NEW; END $$`)
  await addColumns(outside)
  await outside.ask(`CREATE TRIGGER wait_here BEFORE UPDATE ON message_embeddings FOR EACH ROW
    WHEN (OLD.message_key = ${String(key)}) EXECUTE FUNCTION wait_here()`)
  await outside.ask('SELECT pg_advisory_lock(4242)')
  return {
    untilHeld: () =>
      expect
        .poll(
          () =>
            outside.ask(
              `SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND objid = 4242 AND NOT granted`,
            ),
          patience,
        )
        .toEqual([1]),
    async goOn() {
      await outside.ask('SELECT pg_advisory_unlock(4242)')
      await outside.ask('DROP TRIGGER wait_here ON message_embeddings')
    },
  }
}

it('of a new database nothing is left to be done', async () => {
  const db = await open(url)
  expect(await outside.indexes()).toEqual(bothIndexes)
  expect(await outside.comment()).toEqual([null])
  await db.close()
})

describe('vectors from before', () => {
  beforeEach(async () => {
    await storeWithoutDirections(url, outside)
  })

  it('are filled in and indexed, by one of several processes', async () => {
    const all = await Promise.all([open(url), open(url), open(url)])
    for (const db of all) await expectFilled(db, outside)
    await Promise.all(all.map((db) => db.close()))
  })

  it('are compared with what pgvector has of them by verify, each once, slice by slice', async () => {
    const db = await open(url)
    await expectFilled(db, outside)
    await outside.ask('UPDATE message_embeddings SET direction = NULL')
    const { problems } = await db.verify({ maxProblems: 1_000 })
    expect(new Set(problems.map(({ key }) => key)).size).toBe(storedVectors - 1)
    expect(problems).toHaveLength(storedVectors - 1)
    await db.close()
  })

  it.runIf(hasPgbouncer)('are so behind a pooler of transactions', async () => {
    const pooler = await startPgbouncer(server.port)
    const db = await open(pooler.urlOf(new URL(url).pathname.slice(1)))
    await expectFilled(db, outside)
    await db.close()
    await pooler.stop()
  })

  it('are gone on with by whoever opens the database next, when a process was killed over them', async () => {
    const held = await holdUpFilling()
    const script = `
      import { openDatabase } from 'convodb'
      await openDatabase(process.argv[1], { readers: 1 })
      setInterval(() => {}, 1_000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, url], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    await held.untilHeld()
    child.kill('SIGKILL')
    await ended
    await held.goOn()
    await expect
      .poll(
        () => outside.ask(`SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'convodb'`),
        patience,
      )
      .toEqual([0])
    const [unfilled] = await outside.countUnfilled()
    expect(unfilled).toBeGreaterThan(100)
    expect(unfilled).toBeLessThan(storedVectors)
    expect(await outside.comment()).toEqual(['to be filled'])
    const db = await open(url)
    await expectFilled(db, outside)
    await db.close()
  })

  it('are gone on with by the same process when its connection was cut', async () => {
    const held = await holdUpFilling()
    const proxy = await startCuttingProxy(server.port)
    const throughProxy = new URL(url)
    throughProxy.port = String(proxy.port)
    const db = await open(throughProxy.href)
    await held.untilHeld()
    const before = await outside.countUnfilled()
    proxy.cutAfter('toClient', 1)
    await held.goOn()
    await expect.poll(() => proxy.cuts, patience).toBe(1)
    expect(await outside.countUnfilled()).toEqual(before)
    await expectFilled(db, outside)
    await db.close()
    await proxy.close()
  })

  it('that somebody holds, and leaves as they are, are filled in later', async () => {
    await addColumns(outside)
    const other = await connectOutside(url)
    await other.query('BEGIN')
    await other.query(`SELECT 1 FROM message_embeddings ORDER BY message_key LIMIT 5 FOR UPDATE`)
    const db = await open(url)
    await expect.poll(outside.countUnfilled, patience).toEqual([6])
    expect(await outside.comment()).toEqual(['to be filled'])
    await other.query('ROLLBACK')
    await other.end()
    await expectFilled(db, outside)
    await db.close()
  })
})

it('what was prepared outlives the extension, and its coming back', async () => {
  const db = await open(url)
  const storeAndSearch = async (): Promise<void> => {
    for (let n = 0; n < 8; n += 1) {
      await db.storeMessage(message(`p${n}`, { timestamp: n, channelId: `p${n % 2}` }))
      await db.storeEmbeddings([{ ownerType: 'message', ownerId: `p${n}`, model: 'p', vector: [1, n] }])
      const found = await db.searchByVector({ model: 'p', vector: [1, 0], owner: 'message', limit: 1 })
      expect(found).toMatchObject([{ messageId: 'p0', score: 1 }])
    }
    // To another channel with its vector, which pgvector has there, too.
    await db.storeMessage(message('p5', { channelId: 'other', timestamp: 5 }))
    expect((await db.verify()).problems).toEqual([])
  }
  await storeAndSearch()
  await outside.ask('DROP EXTENSION vector CASCADE')
  await storeAndSearch()
  expect((await db.stats()).vectorSearch).toBe('compared')
  const other = await open(url)
  await storeAndSearch()
  expect((await db.stats()).vectorSearch).toBe('pgvector')
  await expect.poll(outside.countUnfilled, patience).toEqual([0])
  await storeAndSearch()
  expect(await outside.countUnfilled()).toEqual([0])
  await Promise.all([db.close(), other.close()])
})
