import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseManager } from 'convodb'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { buildDirectionIndexes } from '../../src/postgres/vectors/build-direction-indexes.js'
import { message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { writeStandInVector, type StandInVector } from '../support/stand-in-vector.js'
import {
  bothIndexes,
  connectOutside,
  expectFilled,
  open,
  Outside,
  patience,
  storeWithoutDirections,
  testVector,
  takeWarnings,
} from '../support/vectors-from-before.js'
import { nextWarning } from '../support/warnings.js'

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

beforeEach(async () => {
  await storeWithoutDirections(url, outside)
})

describe('while a transaction lasts that began before', () => {
  let lasting: pg.Client
  let db: DatabaseManager
  /** Building an index beside others waits for it, and for nothing that comes later. */
  beforeEach(async () => {
    lasting = await connectOutside(url)
    await lasting.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await lasting.query('SELECT 1')
    db = await open(url)
    await expect.poll(outside.indexes, patience).toEqual(['message_embeddings_without_direction false'])
  })
  afterEach(async () => {
    await lasting.end().catch(() => 'it crashed')
  })

  it('are indexed once it is over, and closing does not wait', async () => {
    await db.close()
    expect(await outside.indexes()).toEqual(['message_embeddings_without_direction false'])
    await lasting.query('COMMIT')
    // The server has gone on by itself.
    await expect.poll(outside.indexes, patience).toEqual(bothIndexes.slice(0, 1))
    db = await open(url)
    await expectFilled(db, outside)
    await db.close()
  })

  it('are searched and stored all the same, and others do not meddle', async () => {
    const other = await open(url)
    await other.storeMessage(message('new'))
    await other.storeEmbeddings([
      { ownerType: 'message', ownerId: 'new', model: 'm', vector: testVector(3) },
      { ownerType: 'message', ownerId: 'm9', model: 'm', vector: testVector(3) },
    ])
    const found = await other.searchByVector({
      model: 'm',
      vector: testVector(3),
      owner: 'message',
      limit: 3,
    })
    expect(new Set(found.map(({ messageId }) => messageId))).toEqual(new Set(['new', 'm3', 'm9']))
    expect(await outside.indexes()).toEqual(['message_embeddings_without_direction false'])
    await lasting.query('COMMIT')
    await expectFilled(other, outside)
    await Promise.all([db.close(), other.close()])
  })

  it('have their half built index made anew when the server crashed', async () => {
    await db.close()
    await server.crash()
    outside = new Outside(await vi.waitFor(() => connectOutside(url), patience))
    expect(await outside.indexes()).toEqual(['message_embeddings_without_direction false'])
    db = await open(url)
    await expectFilled(db, outside)
    await db.close()
  })
})

it('are left to the owner by a role that is not, which searches and stores all the same', async () => {
  const owner = await open(url)
  await expectFilled(owner, outside)
  await owner.close()
  await outside.ask('DROP INDEX message_embeddings_without_direction')
  await outside.ask(`CREATE ROLE app LOGIN PASSWORD 'app'`)
  await outside.ask('GRANT ALL ON ALL TABLES IN SCHEMA public TO app')
  await outside.ask('GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app')
  const asApp = new URL(url)
  asApp.username = asApp.password = 'app'
  const db = await open(asApp.href)
  await db.storeEmbeddings([{ ownerType: 'message', ownerId: 'm9', model: 'm', vector: testVector(3) }])
  const found = await db.searchByVector({ model: 'm', vector: testVector(3), owner: 'message', limit: 2 })
  expect(found.map(({ messageId }) => messageId).toSorted()).toEqual(['m3', 'm9'])
  expect((await db.verify()).problems).toEqual([])
  await db.close()
  expect(await outside.indexes()).toEqual(['segment_embeddings_without_direction true'])
  const again = await open(url)
  await expectFilled(again, outside)
  await again.close()
})

/** As processes do that go over it again when others were in the way: of a deadlock, or of a row of the catalogue. */
async function buildUntilDone(): Promise<void> {
  const settings = { url, statementTimeoutMs: 0, lockTimeoutMs: 0 }
  const pause = (): Promise<void> => wait(Math.random() * 200)
  for (let attempt = 1; ; attempt += 1) {
    try {
      await buildDirectionIndexes(settings, { signal: new AbortController().signal, pause })
      return
    } catch (error) {
      if (attempt === 20) throw error
      await pause()
    }
  }
}

it('are there once all are done, where several meet over them', async () => {
  const owner = await open(url)
  await expectFilled(owner, outside)
  await owner.close()
  for (let round = 0; round < 5; round += 1) {
    await outside.ask('DROP INDEX message_embeddings_without_direction, segment_embeddings_without_direction')
    await Promise.all(Array.from({ length: 6 }, buildUntilDone))
    expect(await outside.indexes()).toEqual(bothIndexes)
  }
})

it('are done without by an owner who may not create any, with one warning', async () => {
  const owner = await open(url)
  await expectFilled(owner, outside)
  await owner.close()
  await outside.ask('DROP INDEX message_embeddings_without_direction')
  await outside.ask(`CREATE ROLE bound LOGIN PASSWORD 'bound'`)
  await outside.ask('GRANT ALL ON ALL TABLES IN SCHEMA public TO bound')
  await outside.ask('GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO bound')
  for (const table of ['message_embeddings', 'segment_embeddings'])
    await outside.ask(`ALTER TABLE ${table} OWNER TO bound`)
  const asBound = new URL(url)
  asBound.username = asBound.password = 'bound'
  const warning = nextWarning('CONVODB_PGVECTOR')
  const db = await open(asBound.href)
  expect(await warning).toMatchObject({
    message: expect.stringMatching(/opened again: .*permission denied for schema public/),
  })
  const found = await db.searchByVector({ model: 'm', vector: testVector(3), owner: 'message', limit: 1 })
  expect(found).toMatchObject([{ messageId: 'm3', score: 1 }])
  await db.close()
  expect(takeWarnings()).toHaveLength(1)
})
