import { openDatabase, verifyDatabase, type DatabaseManager } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
let url: string
let db: DatabaseManager
beforeAll(async () => {
  server = await startPostgres()
  url = await server.createDatabase()
  db = await openDatabase(url, { readers: 1 })
  await db.addMessages([1, 2, 3, 4].map((n) => message(`v-${n}`, { channelId: 'v', userId: `v-${n % 2}` })))
  const segment = { segmentId: 'v', channelId: 'v', startTime: 0, endTime: 1, messages: ['v-1'] }
  await db.createSegmentWithMessages(segment)
  await db.storeEmbeddings([{ ownerType: 'message', ownerId: 'v-2', model: 'v', vector: [1, 2] }])
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

const byHand = (sql: string): Promise<void> =>
  db.withConnection((connection) => connection.exec(sql), { mode: 'write' })

describe('verify on PostgreSQL', () => {
  it('finds nothing where only calls have written', async () => {
    expect(await db.verify()).toMatchObject({
      isOk: true,
      problems: [],
      hasMoreProblems: false,
      path: db.path,
    })
    expect(await verifyDatabase(url)).toMatchObject({ isOk: true, path: db.path })
  })

  it('says what it can not verify, and why', async () => {
    const empty = await server.createDatabase()
    await expectError(verifyDatabase(empty), 'NOT_FOUND')
    await expectError(verifyDatabase(empty.replace('postgres:postgres@', 'postgres:wrong@')), 'CANNOT_OPEN', {
      sqlState: '28P01',
    })
    await expectError(verifyDatabase('postgres://postgres@127.0.0.1:1/none'), 'UNREACHABLE')
    const newer = await server.createDatabase()
    await using other = await openDatabase(newer, { readers: 1 })
    await other.withConnection((connection) => connection.exec('UPDATE convodb_schema SET version = 1000'), {
      mode: 'write',
    })
    await expectError(verifyDatabase(newer), 'NEWER_SCHEMA', { version: 1000 })
  })

  it('finds each thing that has drifted, and what it is about', async () => {
    // Else what is being indexed comes back behind its deletion.
    const indexed = () =>
      db.withConnection((connection) => connection.all('SELECT message_key FROM message_terms'))
    await expect.poll(indexed, { timeout: 20_000 }).toHaveLength(4)
    await byHand(`
      DELETE FROM message_places WHERE message_id = 'v-1';
      INSERT INTO message_places VALUES ('v-none', 'v', 5);
      UPDATE channels SET message_count = 9 WHERE channel_id = 'v';
      UPDATE users SET message_count = 9 WHERE user_id = 'v-0';
      DELETE FROM users WHERE user_id = 'v-1';
      DELETE FROM segment_places;
      DELETE FROM messages_to_index;
      DELETE FROM message_terms;
      UPDATE message_embeddings SET vector = '\\x00'`)
    const { isOk, problems } = await db.verify()
    expect(isOk).toBe(false)
    expect(problems.map(({ check, table, key }) => [check, table, key])).toEqual([
      ['places', 'message_places', 'v-none'],
      ['places', 'messages', 'v-1'],
      ['places', 'conversation_segments', 'v'],
      ['references', 'messages', 'v-1'],
      ['counters', 'channels', 'v'],
      ['counters', 'users', 'v-0'],
      ...Array.from({ length: 4 }, () => ['words', 'message_terms', expect.stringMatching(/^v-[1-4]$/)]),
      ['vectors', 'message_embeddings', expect.any(String)],
    ])
    expect(await db.verify({ maxProblems: 2 })).toMatchObject({
      hasMoreProblems: true,
      problems: { length: 2 },
    })
  })

  it('ends at once when it is told to, whatever it waits for', async () => {
    const patient = await openDatabase(url, { readers: 1, busyTimeoutMs: 600_000 })
    const outside = new pg.Client({ connectionString: url })
    await outside.connect()
    await outside.query('BEGIN')
    await outside.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE')
    const end = new AbortController()
    const verifying = patient.verify({ signal: end.signal })
    const waiting = `SELECT count(*)::int AS waiting FROM pg_locks WHERE relation = 'messages'::regclass AND NOT granted`
    await expect
      .poll(async () => (await outside.query(waiting)).rows, { timeout: 60_000 })
      .toEqual([{ waiting: 1 }])
    end.abort()
    await expectError(verifying, 'ABORTED')
    await outside.query('ROLLBACK')
    await outside.end()
    await patient.close()
  })

  it('heeds its signal, and refuses wrong options', async () => {
    await expectError(db.verify({ signal: AbortSignal.abort() }), 'ABORTED')
    await expectError(db.verify({ maxProblems: 0 }), 'INVALID_ARGUMENT')
  })
})
